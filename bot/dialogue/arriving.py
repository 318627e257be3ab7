"""Sees to it that a turn begins at a place that exists: after a release, after a draft expired.

A stored conversation may stand at a question that a release renamed or dropped, or point to a draft
that is kept no longer. Neither is an error: the first unanswered question follows, with a sentence.
"""

from __future__ import annotations

from bot.dialogue import asking, going
from bot.dialogue.state import Frame
from bot.dialogue.turn import Turn
from bot.flows import all_flows, flow_named

# Places that are no question of a flow; those of the second group stand on an open declaration.
ANYWHERE = (
    *("", "menu", "mention", "language", "resume", "forget", "proposal"),
    *("callback_phone", "after_ticket"),
)
ON_A_DRAFT = ("consent", "review", "late", "extras", "cancel", "paused")


def bring_up(turn: Turn) -> None:
    """Bring what is stored up to the flows of this release: renamed ids, questions dropped."""
    if turn.draft and turn.draft.flow not in all_flows():
        turn.draft = None
    if turn.state.side and turn.state.side.flow not in all_flows():
        turn.state.side = None
    for frame in (turn.state.side, turn.draft.frame if turn.draft else None):
        if frame:
            _rename(frame)
    if turn.flow:
        turn.state.asked = turn.flow.renamed.get(turn.state.asked, turn.state.asked)


def _rename(frame: Frame) -> None:
    flow = flow_named(frame.flow)
    frame.values = {flow.renamed.get(step, step): v for step, v in frame.values.items()}
    for ids in (frame.history, frame.unknown):
        ids[:] = [q for q in (flow.renamed.get(i, i) for i in ids) if q in flow.by_id]


def lost_place(turn: Turn) -> bool:
    """Where the conversation stands at nothing this release knows, go to the first unanswered
    question with a sentence; where its draft is gone, say so and read the message afresh."""
    at, asked = turn.state.at, turn.state.asked
    if turn.frame is None:
        _let_go(turn)
        return False
    is_known = asked == asking.PROOF or asking.question_waiting(turn) is not None
    if is_known or (not asked and at in (*ANYWHERE, *ON_A_DRAFT)):
        return False
    turn.wait_at("")
    turn.say("upgrade.moved")
    going.proceed(turn)
    return True


def _let_go(turn: Turn) -> None:
    at, asked = turn.state.at, turn.state.asked
    if at in ANYWHERE and (not asked or (asked == asking.PROOF and turn.locked)):
        return
    turn.wait_at("")
    turn.state.aside.pop("proof", None)
    turn.state.offered = []
    if at != "extras":
        turn.say("resume.expired")
