"""Where a request stands: asked with a reference and a second factor, answered from the
register."""

from __future__ import annotations

from bot.dialogue import asking, receipts
from bot.dialogue.messages import NeedStatus, Reference, Sentence, StatusView
from bot.dialogue.state import Frame
from bot.dialogue.turn import NeedsFactError, Turn
from bot.flows import flow_named

TRIES = 3


def begin(turn: Turn, reference: str | None = None) -> None:
    """Put `check_status` on top of whatever is under way."""
    flow = flow_named("check_status")
    values = {"reference": reference} if reference else {}
    turn.state.side = Frame(flow.id, flow.version, dict(values))


def tell(turn: Turn) -> None:
    """Say where the request stands, or that nothing fits: the same words whether it exists or
    not."""
    _, frame = turn.form
    reference, factor = str(frame.values["reference"]), str(frame.values["second_factor"])
    if (reference, factor) not in turn.facts.statuses:
        raise NeedsFactError(NeedStatus(reference, factor))
    view = turn.facts.statuses[(reference, factor)]
    if view:
        _say(turn, reference, view)
        leave(turn)
    else:
        _nothing_fits(turn, frame)


def _say(turn: Turn, reference: str, view: StatusView) -> None:
    turn.say(
        "status.is",
        reference=Reference(reference),
        kind=Sentence(f"kind.{view.kind}"),
        status=Sentence(f"status.{view.status}"),
    )
    if view.last_day and view.last_day >= turn.now.date():
        turn.say("status.last_day", day=view.last_day)
    receipts.tell_of_status(turn, reference, view)


def _nothing_fits(turn: Turn, frame: Frame) -> None:
    tries = int(turn.state.aside.get("status_tries", 0)) + 1
    turn.state.aside["status_tries"] = tries
    turn.say("status.nothing_fits")
    if tries >= TRIES:
        turn.state.aside.pop("status_tries")
        leave(turn)
        return
    frame.values.clear()
    asking.ask(turn, flow_named("check_status").by_id["reference"])


def leave(turn: Turn) -> None:
    """Take the side flow off and go back to the step that was waiting beneath it."""
    turn.state.side = None
    under = turn.state.aside.pop("under", None)
    if turn.draft and turn.draft.status == "open" and under:
        turn.wait_at(*under)
        asking.ask_again(turn)
    else:
        asking.after_all(turn)


def interrupt(turn: Turn, reference: str | None = None) -> None:
    """Begin a status check in the middle of something, remembering where that stood."""
    if turn.draft and turn.draft.status == "open" and not turn.state.side:
        turn.state.aside["under"] = [turn.state.at, turn.state.asked]
    begin(turn, reference)
