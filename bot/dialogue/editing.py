"""Changes an earlier answer: by its number or name, or in words with the new value at once."""

from __future__ import annotations

from bot.answers.name import looks_like_question
from bot.answers.result import Accepted
from bot.dialogue import answering, asking, form, going, rules, shown
from bot.dialogue.reading import read
from bot.dialogue.turn import Turn
from bot.dialogue.words import corrects, corrects_only, field_and_value, field_named
from bot.flows import Question


def in_words(turn: Turn) -> bool:
    """Read a correction such as "le nom de la mère est faux" or "بدل التاريخ"; at the review the
    name of a field alone is enough. False when the text is no correction of a field of this flow.
    """
    flow, frame = turn.flow, turn.frame
    if not flow or not frame or not asking.may_ask(turn) or looks_like_question(turn.text):
        return False
    if not _may_correct(turn, flow.id):
        return False
    before, _ = field_and_value(turn.text)
    named = field_named(flow.id, before) or field_named(flow.id, turn.text)
    question = flow.by_id.get(named) if named else None
    if not question or not form.relevant(question, frame.values, asking.has_phone(turn)):
        return False
    if question == asking.question_waiting(turn) and not form.answered(question, frame):
        return False
    return _replace(turn, question) or _open(turn, question)


def _may_correct(turn: Turn, flow_id: str) -> bool:
    """At the review a name of a field is enough; elsewhere a sign that something is wrong must
    stand beside it; where any text is an answer, nothing else may."""
    waiting = asking.question_waiting(turn)
    if waiting and waiting.answer in answering.FREE:
        return corrects_only(flow_id, turn.text)
    return corrects(turn.text) or turn.state.at == "review"


def _replace(turn: Turn, question: Question) -> bool:
    """Take the new value when the same message holds it."""
    flow, frame = turn.flow, turn.frame
    _, value = field_and_value(turn.text)
    if not flow or not value or frame is None or corrects(value) or field_named(flow.id, value):
        return False
    parsed = read(question, value, turn.context, frame)
    if not isinstance(parsed, Accepted):
        return False
    answering.write(turn, question, parsed.value)
    say_changed(turn, question)
    rules.after(turn, question)
    going.proceed(turn)
    return True


def say_changed(turn: Turn, question: Question) -> None:
    """Say what now stands and that the rest is as it was."""
    flow, frame = turn.flow, turn.frame
    if flow and frame:
        value = shown.value_of(flow, frame, question, turn.language)
        turn.say("edit.changed", value=value)


def _open(turn: Turn, question: Question) -> bool:
    """Ask for the new value; at the review without a sign of error only for a bare name."""
    flow = turn.flow
    if not flow or not (corrects(turn.text) or corrects_only(flow.id, turn.text)):
        return False
    open_question(turn, question)
    return True


def open_question(turn: Turn, question: Question) -> None:
    """Ask an earlier question again, saying what stands now."""
    flow, frame = turn.flow, turn.frame
    if not flow or not frame:
        return
    turn.state.aside.pop("more", None)
    if form.is_filled(question, form.effective(flow, frame.values)):
        turn.say("edit.now", value=shown.value_of(flow, frame, question, turn.language))
    asking.ask(turn, question)


def respell(turn: Turn) -> bool:
    """At the review: a name typed in the other script corrects the spelling that was proposed."""
    flow, frame = turn.flow, turn.frame
    if not flow or not frame or turn.state.at != "review":
        return False
    for question in flow.questions:
        if question.proposes and _takes_spelling(turn, question):
            say_changed(turn, question)
            going.proceed(turn)
            return True
    return False


def _takes_spelling(turn: Turn, question: Question) -> bool:
    frame = turn.frame
    parsed = answering.read_now(turn, question, turn.text)
    if not isinstance(parsed, Accepted) or parsed.value is None or frame is None:
        return False
    before = dict(frame.values)
    filled = form.values_of(question, parsed.value)
    if not form.only_respells(question, frame, filled):
        return False
    form.fill(frame, question, filled)
    return frame.values != before


def back(turn: Turn) -> None:
    """Ask the question before the one that waits, keeping what was answered."""
    before = _before(turn)
    if before:
        open_question(turn, before)
        return
    if not turn.state.aside.pop("more", None) and asking.question_waiting(turn):
        turn.say("back.first")
    asking.ask_again(turn)


def _before(turn: Turn) -> Question | None:
    """The question answered before the one that waits, of those that still make sense."""
    flow, frame = turn.flow, turn.frame
    asked = turn.state.asked
    if not flow or not frame or not asking.may_ask(turn) or turn.state.aside.get("more") == asked:
        return None
    has_phone = asking.has_phone(turn)
    history = [
        q
        for q in frame.history
        if q == asked or form.relevant(flow.by_id[q], frame.values, has_phone)
    ]
    position = history.index(asked) if asked in history else len(history)
    return flow.by_id[history[position - 1]] if position else None
