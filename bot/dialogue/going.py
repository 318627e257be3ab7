"""Goes on to whatever comes next: the notice, the next question, the review, the end of a ring."""

from __future__ import annotations

from bot.dialogue import asking, form, menus, rules, status, submitting
from bot.dialogue.turn import Turn
from bot.flows import flow_named


def proceed(turn: Turn) -> None:
    """Put the next thing to the citizen, whichever flow is on top."""
    if turn.state.side:
        _proceed_aside(turn)
    elif turn.draft and turn.draft.status != "cancelled":
        _proceed_draft(turn)
    else:
        menus.menu(turn)


def _proceed_aside(turn: Turn) -> None:
    flow, frame = turn.form
    question = form.next_question(flow, frame, "core", asking.has_phone(turn))
    if question:
        asking.ask(turn, question)
    else:
        status.tell(turn)


def _proceed_draft(turn: Turn) -> None:
    draft = turn.declaration
    flow = flow_named(draft.flow)
    if not draft.consent:
        asking.ask_consent(turn)
        return
    if draft.status == "open" and rules.is_late(turn):
        menus.ask_late(turn)
        return
    question = form.next_question(flow, draft.frame, draft.ring, asking.has_phone(turn))
    if question:
        asking.ask(turn, question)
    elif draft.status == "open":
        asking.ask_review(turn)
    else:
        submitting.completed(turn)
