"""What the command words and the buttons that are not answers do. One function each, by name."""

from __future__ import annotations

from collections.abc import Callable

from bot.dialogue import (
    answering,
    asking,
    beginning,
    codes,
    deciding,
    editing,
    form,
    going,
    knowing,
    menus,
    people,
    receipts,
    resuming,
    status,
    submitting,
)
from bot.dialogue.effects import SetOptOut
from bot.dialogue.turn import Turn
from bot.flows import Question, all_flows


def _details(turn: Turn) -> None:
    if turn.state.at == "consent":
        turn.say("consent.details", days=turn.world.retention_days)
        turn.flush("answer")
        asking.ask_again(turn)
    else:
        help_(turn)


def help_(turn: Turn) -> None:
    """What can be typed at any time, then the pending question again."""
    turn.say("help.told")
    turn.flush("answer")
    asking.ask_again(turn)


def _menu(turn: Turn) -> None:
    turn.state.side = None
    asking.home(turn)


def _why(turn: Turn) -> None:
    question = asking.question_waiting(turn)
    if turn.state.at == "consent":
        _details(turn)
        return
    turn.say(f"why.{question.id}" if question else "why.nothing")
    asking.ask_again(turn)


def _skip(turn: Turn) -> None:
    question = asking.question_waiting(turn)
    if question:
        leave_open(turn, question)
    else:
        asking.ask_again(turn)


def leave_open(turn: Turn, question: Question) -> None:
    """Go on without an answer; one that stands already stays. What was begun aside needs all of
    its answers: without one it is left."""
    _, frame = turn.form
    if turn.state.side:
        status.leave(turn)
    elif form.answered(question, frame):
        going.proceed(turn)
    else:
        answering.take_unknown(turn, question)


def _dont_know(turn: Turn) -> None:
    question = asking.question_waiting(turn)
    if question and not turn.state.side:
        answering.take_unknown(turn, question)
        return
    if question:
        turn.say(f"example.{question.answer}")
    asking.ask_again(turn)


def _review(turn: Turn) -> None:
    """The summary of what was answered so far, whatever was begun on top of it."""
    draft = turn.draft
    if draft and draft.status == "open" and draft.frame.history and draft.consent:
        turn.state.side = None
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
        if not codes.enter_kept(turn):
            asking.ask_again(turn)

    return switch


def _opt(out: bool) -> Callable[[Turn], None]:
    def opt(turn: Turn) -> None:
        turn.effect(SetOptOut(out))
        turn.state.opted_out = out
        turn.say("opt.out" if out else "opt.in")
        turn.flush("notice")
        if not out:
            asking.ask_again(turn)

    return opt


def _start(turn: Turn) -> None:
    if turn.state.opted_out:
        _opt(out=False)(turn)
    else:
        _menu(turn)


def _pause(turn: Turn) -> None:
    if turn.draft and turn.draft.status == "open":
        turn.wait_at("paused")
        has_code = bool(turn.draft.consent)
        turn.say("pause.kept", days=turn.world.resume_days if has_code else turn.world.draft_days)
        if has_code:
            codes.show(turn)
    elif turn.draft and turn.draft.status == "submitted":
        deciding.leave_extras(turn)
    else:
        asking.home(turn)


def _goodbye(turn: Turn) -> None:
    """Who leaves in the middle can come back to it; else a word of farewell."""
    if turn.draft and turn.draft.status == "open":
        _pause(turn)
    else:
        turn.say("goodbye.told")


def _twin(turn: Turn) -> None:
    if submitting.twin(turn):
        going.proceed(turn)
    else:
        asking.ask_again(turn)


def _other(turn: Turn) -> None:
    """Something else: a finished draft is let go, an open one stays and can be resumed."""
    if turn.draft and turn.draft.status == "submitted":
        turn.draft = None
    menus.menu(turn)


def _begin_status(turn: Turn) -> None:
    status.interrupt(turn)
    going.proceed(turn)


def _receipt(turn: Turn) -> None:
    """The link to the form; of one that is not at hand, to whoever proves that it is theirs."""
    if receipts.fetch(turn):
        return
    if turn.has_unfinished:
        turn.say("receipt.none")
        asking.ask_again(turn)
    else:
        turn.say("receipt.by_number")
        _begin_status(turn)


def _again(turn: Turn) -> None:
    question = asking.question_waiting(turn)
    turn.state.failures, turn.state.last_problem = 0, ""
    if question:
        asking.ask(turn, question)
    else:
        asking.after_all(turn)


def _edit_ask(turn: Turn) -> None:
    turn.say("review.which")
    _review(turn)


def _complete(turn: Turn) -> None:
    """Go on: with what is unfinished or offered, or with the details of what was sent."""
    if turn.draft and turn.draft.status == "submitted":
        submitting.complete(turn)
    elif turn.state.at == "consent":
        deciding.consent(turn, given=True)
    else:
        resuming.resume(turn)


OPENED = tuple(flow for flow in all_flows() if flow.startswith("declare_"))
COMMANDS: dict[str, Callable[[Turn], None]] = {
    "consent_yes": lambda turn: deciding.consent(turn, given=True),
    "consent_no": lambda turn: deciding.consent(turn, given=False),
    "details": _details,
    "submit": deciding.submit,
    "cancel": deciding.cancel,
    "cancel_yes": deciding.cancel_yes,
    "cancel_no": deciding.cancel_no,
    "help": help_,
    "menu": _menu,
    "why": _why,
    "skip": _skip,
    "dont_know": _dont_know,
    "repeat": asking.ask_again,
    "again": _again,
    "review": _review,
    "edit_ask": _edit_ask,
    "arabic": _switch("ar"),
    "french": _switch("fr"),
    "language": menus.ask_language,
    "opt_out": _opt(out=True),
    "opt_in": _start,
    "forget": deciding.forget,
    "forget_yes": deciding.forget_yes,
    "pause": _pause,
    "code": codes.give,
    "take": codes.take,
    "goodbye": _goodbye,
    "resume": resuming.resume,
    "other": _other,
    "complete": _complete,
    "twin": _twin,
    "agent": people.call_back,
    "receipt": _receipt,
    "back": editing.back,
    "anew": beginning.anew,
    "start_check_status": _begin_status,
    "mention": menus.ask_mention,
    "papers": knowing.tell_papers,
    "only_papers": knowing.tell_papers,
    "late_papers": knowing.tell_late,
    "copies": knowing.tell_copies,
} | {f"start_{flow}": beginning.starter(flow) for flow in OPENED}


def run(turn: Turn, name: str) -> None:
    """Do what a command says. Raises KeyError for a name that is none: choices are ours alone."""
    COMMANDS[name](turn)
