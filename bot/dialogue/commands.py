"""What the command words and the buttons that are not answers do. One function each, by name."""

from __future__ import annotations

from collections.abc import Callable

from bot.dialogue import (
    answering,
    asking,
    editing,
    going,
    knowing,
    opening,
    people,
    resuming,
    status,
    submitting,
)
from bot.dialogue.messages import EraseSender, RecordConsent, SetOptOut
from bot.dialogue.state import State
from bot.dialogue.turn import Turn


def _consent(turn: Turn, given: bool) -> None:
    draft, flow = turn.draft, turn.flow
    if not draft or not flow or draft.status != "open":
        asking.menu(turn)
        return
    turn.effect(RecordConsent(flow.id, flow.notice, given))
    if not given:
        draft.status = "cancelled"
        draft.frame.values.clear()
        turn.say("consent.refused")
        asking.menu(turn)
        return
    draft.consent = flow.notice
    opening.say_back_all(turn)
    going.proceed(turn)


def _details(turn: Turn) -> None:
    if turn.state.at == "consent":
        turn.say("consent.details", days=turn.world.retention_days)
        turn.flush("answer")
        asking.ask_again(turn)
    else:
        help_(turn)


def _submit(turn: Turn) -> None:
    if turn.state.at == "review" and turn.draft and turn.draft.status == "open":
        submitting.submit(turn)
    else:
        asking.ask_again(turn)


def _cancel(turn: Turn) -> None:
    if turn.state.side:
        status.leave(turn)
    elif turn.draft and turn.draft.status == "open":
        turn.state.aside["before_cancel"] = [turn.state.at, turn.state.asked]
        asking.ask_cancel(turn)
    else:
        turn.say("cancel.nothing")
        asking.menu(turn)


def _cancel_yes(turn: Turn) -> None:
    draft = turn.draft
    if draft and draft.status == "open" and turn.state.at == "cancel":
        draft.status = "cancelled"
        draft.frame.values.clear()
        draft.frame.history.clear()
        turn.say("cancel.done")
    asking.menu(turn)


def _cancel_no(turn: Turn) -> None:
    turn.say("cancel.kept")
    turn.wait_at(*turn.state.aside.pop("before_cancel", ["", ""]))
    _continue(turn)


def _continue(turn: Turn) -> None:
    if turn.draft and turn.draft.status == "open":
        going.proceed(turn)
    else:
        asking.after_all(turn)


def help_(turn: Turn) -> None:
    """What can be typed at any time, then the pending question again."""
    turn.say("help.told")
    turn.flush("answer")
    asking.ask_again(turn)


def _menu(turn: Turn) -> None:
    if turn.draft and turn.draft.status == "open":
        asking.ask_resume(turn)
    else:
        asking.menu(turn)


def _why(turn: Turn) -> None:
    question = asking.question_waiting(turn)
    if turn.state.at == "consent":
        _details(turn)
        return
    turn.say(f"why.{question.id}" if question else "why.nothing")
    asking.ask_again(turn)


def _skip(turn: Turn) -> None:
    question = asking.question_waiting(turn)
    if question and not turn.state.side:
        answering.take_unknown(turn, question)
    else:
        asking.ask_again(turn)


def _review(turn: Turn) -> None:
    if (
        turn.draft
        and turn.draft.status == "open"
        and turn.draft.frame.history
        and turn.draft.consent
    ):
        asking.ask_review(turn)
    else:
        asking.ask_again(turn)


def _switch(language: str) -> Callable[[Turn], None]:
    def switch(turn: Turn) -> None:
        turn.state.language = "ar" if language == "ar" else "fr"
        turn.state.language_chosen = True
        turn.say("language.switched")
        if turn.state.at == "language":
            turn.wait_at(*turn.state.aside.pop("before_language", ["", ""]))
        asking.ask_again(turn)

    return switch


def _opt(out: bool) -> Callable[[Turn], None]:
    def opt(turn: Turn) -> None:
        turn.effect(SetOptOut(out))
        turn.state.opted_out = out
        turn.say("opt.out" if out else "opt.in")
        turn.flush("notice")

    return opt


def _start(turn: Turn) -> None:
    if turn.state.opted_out:
        _opt(out=False)(turn)
    else:
        _menu(turn)


def _forget(turn: Turn) -> None:
    turn.wait_at("forget")
    turn.say("forget.ask")
    turn.offer("do:forget_yes", "choice.forget_yes")
    turn.offer("do:cancel_no", "choice.cancel_no")


def _forget_yes(turn: Turn) -> None:
    turn.effect(EraseSender())
    language, chosen = turn.state.language, turn.state.language_chosen
    turn.state = State(language=language, language_chosen=chosen, greeted=True)
    turn.draft = None
    turn.say("forget.done")


def _pause(turn: Turn) -> None:
    if turn.draft and turn.draft.status == "open":
        turn.wait_at("paused")
        turn.say("pause.kept", days=turn.world.retention_days)
    else:
        asking.after_all(turn)


def _twin(turn: Turn) -> None:
    submitting.twin(turn)
    going.proceed(turn)


def _other(turn: Turn) -> None:
    """Something else: a finished draft is let go, an open one stays and can be resumed."""
    if turn.draft and turn.draft.status == "submitted":
        turn.draft = None
    asking.menu(turn)


def _begin_status(turn: Turn) -> None:
    status.interrupt(turn)
    going.proceed(turn)


def _begin_birth(turn: Turn) -> None:
    opening.begin(turn, "declare_birth", (), "")


def _papers(turn: Turn) -> None:
    knowing.tell(turn, "procedure_birth/documents")


def _late_papers(turn: Turn) -> None:
    knowing.tell(turn, "procedure_late_birth/general")


def _again(turn: Turn) -> None:
    question = asking.question_waiting(turn)
    turn.state.failures, turn.state.last_problem = 0, ""
    if question:
        asking.ask(turn, question)
    else:
        asking.after_all(turn)


def _edit_ask(turn: Turn) -> None:
    turn.say("review.which")
    asking.ask_review(turn)


def _complete(turn: Turn) -> None:
    submitting.complete(turn)


COMMANDS: dict[str, Callable[[Turn], None]] = {
    "consent_yes": lambda turn: _consent(turn, given=True),
    "consent_no": lambda turn: _consent(turn, given=False),
    "details": _details,
    "submit": _submit,
    "cancel": _cancel,
    "cancel_yes": _cancel_yes,
    "cancel_no": _cancel_no,
    "continue": _continue,
    "help": help_,
    "menu": _menu,
    "why": _why,
    "skip": _skip,
    "dont_know": _skip,
    "repeat": asking.ask_again,
    "again": _again,
    "review": _review,
    "edit_ask": _edit_ask,
    "arabic": _switch("ar"),
    "french": _switch("fr"),
    "language": asking.ask_language,
    "opt_out": _opt(out=True),
    "opt_in": _start,
    "forget": _forget,
    "forget_yes": _forget_yes,
    "pause": _pause,
    "resume": resuming.resume,
    "other": _other,
    "complete": _complete,
    "twin": _twin,
    "agent": people.call_back,
    "back": editing.back,
    "start_declare_birth": _begin_birth,
    "start_check_status": _begin_status,
    "papers": _papers,
    "late_papers": _late_papers,
}


def run(turn: Turn, name: str) -> None:
    """Do what a command says. Raises KeyError for a name that is none: choices are ours alone."""
    COMMANDS[name](turn)


def choose(turn: Turn, choice_id: str) -> bool:
    """Do what an offered choice means; False for an id that no release of ours ever offered."""
    verb, _, rest = choice_id.partition(":")
    question_id, _, value = rest.partition("=")
    question = turn.flow.by_id.get(question_id) if turn.flow else None
    if verb == "do" and rest in COMMANDS:
        run(turn, rest)
    elif verb == "edit" and question:
        editing.open_question(turn, question)
    elif verb == "pick" and question and value.isdecimal():
        answering.pick(turn, question, int(value))
    elif verb == "answer" and question:
        _answer(turn, question.id, value)
    elif verb == "ask":
        knowing.tell(turn, rest)
    else:
        return False
    return True


def _answer(turn: Turn, question_id: str, value: str) -> None:
    flow, _ = turn.form
    question = flow.by_id[question_id]
    if value == "other" and question.more and turn.state.aside.get("more") != question_id:
        turn.state.aside["more"] = question_id
        asking.ask(turn, question)
    elif value in (*question.choices, *question.more):
        answering.take(turn, question, value)
    else:
        asking.ask(turn, question)
