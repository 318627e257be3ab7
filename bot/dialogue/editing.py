"""Changes an earlier answer: by its number or name, or in words with the new value at once."""

from __future__ import annotations

from bot.answers.result import Accepted
from bot.dialogue import answering, asking, form, going, rules, shown
from bot.dialogue.reading import read
from bot.dialogue.turn import Turn
from bot.dialogue.words import corrects, field_named, new_value
from bot.flows import Question


def in_words(turn: Turn) -> bool:
    """Read a correction such as "le nom de la mère est faux" or "بدل التاريخ"; at the review the
    name
    of a field alone is enough. False when the text is no correction of a field of this flow."""
    flow, frame = turn.flow, turn.frame
    if not flow or not frame or turn.state.at == "consent":
        return False
    if not corrects(turn.text) and turn.state.at != "review":
        return False
    named = field_named(flow.id, turn.text)
    question = flow.by_id.get(named) if named else None
    if not question or not form.relevant(question, frame.values, asking.has_phone(turn)):
        return False
    return _replace(turn, question) or _open(turn, question)


def _replace(turn: Turn, question: Question) -> bool:
    """Take the new value when the same message holds it."""
    value, frame = new_value(turn.text), turn.frame
    if not value or frame is None:
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
    frame = turn.frame
    if frame is None:
        return False
    if form.answered(question, frame) or turn.state.at == "review":
        open_question(turn, question)
        return True
    return False


def open_question(turn: Turn, question: Question) -> None:
    """Ask an earlier question again, saying what stands now."""
    flow, frame = turn.flow, turn.frame
    if not flow or not frame:
        return
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
    flow, frame = turn.flow, turn.frame
    history = frame.history if frame else []
    asked = turn.state.asked
    position = history.index(asked) if asked in history else len(history)
    if not flow or position == 0:
        turn.say("back.first")
        asking.ask_again(turn)
        return
    open_question(turn, flow.by_id[history[position - 1]])
