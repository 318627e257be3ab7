"""What is decided once and for all: the notice, the sending, throwing away, forgetting a phone."""

from __future__ import annotations

from bot.dialogue import asking, beginning, going, menus, rules, status, submitting
from bot.dialogue.effects import EraseSender, RecordConsent
from bot.dialogue.state import State
from bot.dialogue.turn import Turn
from bot.flows import flow_named


def consent(turn: Turn, given: bool) -> None:
    """Record the answer to the notice; without a yes nothing of the draft is kept."""
    draft = turn.draft
    if not draft or draft.consent or draft.status != "open":
        asking.ask_again(turn)
        return
    flow = flow_named(draft.flow)
    turn.effect(RecordConsent(flow.id, flow.notice, given))
    if not given:
        draft.status = "cancelled"
        draft.frame.values.clear()
        turn.say("consent.refused")
        menus.menu(turn)
        return
    draft.consent = flow.notice
    beginning.say_back_all(turn)
    going.proceed(turn)


def submit(turn: Turn) -> None:
    """Only from the summary, and only when nothing stands in the way; else that comes first."""
    draft = turn.draft
    if turn.state.at != "review" or not draft or draft.status != "open":
        asking.ask_again(turn)
    elif rules.is_late(turn) or not asking.is_complete(turn):
        going.proceed(turn)
    else:
        submitting.submit(turn)


def cancel(turn: Turn) -> None:
    """Leave what was begun aside; an unfinished declaration is thrown away only after a yes."""
    if turn.state.side:
        status.leave(turn)
    elif turn.draft and turn.draft.status == "open":
        _keep_place(turn)
        menus.ask_cancel(turn)
    elif turn.draft and turn.draft.status == "submitted":
        leave_extras(turn)
    else:
        turn.say("cancel.nothing")
        asking.home(turn)


def _keep_place(turn: Turn) -> None:
    if turn.state.at not in ("cancel", "forget"):
        turn.state.aside["before_cancel"] = [turn.state.at, turn.state.asked]


def leave_extras(turn: Turn) -> None:
    """Stop adding to what was sent: it stands as it is."""
    turn.say("extras.left")
    asking.ask_extras(turn)


def cancel_yes(turn: Turn) -> None:
    """Throw the unfinished declaration away, only where that was asked."""
    draft = turn.draft
    if draft and draft.status == "open" and turn.state.at == "cancel":
        draft.status = "cancelled"
        draft.frame.values.clear()
        draft.frame.history.clear()
        turn.say("cancel.done")
        menus.menu(turn)
    else:
        asking.ask_again(turn)


def cancel_no(turn: Turn) -> None:
    """Nothing changes, and what waited before waits again."""
    turn.say("cancel.kept")
    if turn.state.at in ("cancel", "forget"):
        turn.wait_at(*turn.state.aside.pop("before_cancel", ["", ""]))
    asking.ask_again(turn)


def forget(turn: Turn) -> None:
    """Ask before everything of this phone is erased."""
    _keep_place(turn)
    menus.ask_forget(turn)


def forget_yes(turn: Turn) -> None:
    """Erase everything of this phone; no proof is needed to be forgotten."""
    turn.effect(EraseSender())
    language, chosen = turn.state.language, turn.state.language_chosen
    turn.state = State(language=language, language_chosen=chosen, greeted=True)
    turn.draft = turn.locked = None
    turn.say("forget.done")
