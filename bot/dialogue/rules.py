"""What follows from an answer to a declaration: notes said once, a delay that is short or over."""

from __future__ import annotations

from datetime import date

from bot.dialogue import asking, form
from bot.dialogue.deadline import LastDay, last_day
from bot.dialogue.messages import CompleteDeclaration
from bot.dialogue.state import Draft
from bot.dialogue.turn import Turn
from bot.flows import Question, flow_named

FULL_DATE = len("2025-11-18")
WHERE = ("place", "country")  # answers that tell where it happened


def event_last_day(turn: Turn) -> LastDay | None:
    """The last day for the event of the draft, None while its date is not known to the day."""
    if not turn.draft or turn.state.side:
        return None
    flow, values = flow_named(turn.draft.flow), turn.draft.frame.values
    event = values.get(flow.event_date)
    if not isinstance(event, str) or len(event) != FULL_DATE or not flow.place:
        return None
    return last_day(date.fromisoformat(event), values.get(f"{flow.place}_place_kind") == "abroad")


def after(turn: Turn, question: Question) -> None:
    """Say, once, what a citizen must know because of this answer; keep a submitted record
    current."""
    draft = turn.draft
    if not draft or turn.state.side:
        return
    values = draft.frame.values
    for note in question.notes:
        if form.holds(note.when, values):
            _note(turn, note.key)
    if question.id == flow_named(draft.flow).event_date or question.answer in WHERE:
        _note_little_time(turn)
    keep_current(turn)


def _note(turn: Turn, key: str) -> None:
    draft = turn.draft
    if draft and key not in draft.said:
        draft.said.append(key)
        turn.say(key)


def _place_kind(draft: Draft) -> str:
    return f"{flow_named(draft.flow).place}_place_kind"


def _note_little_time(turn: Turn) -> None:
    draft, limit = turn.draft, event_last_day(turn)
    today = turn.now.date()
    if not draft or limit is None or limit.passed(today) or not limit.is_soon(today):
        return
    if _place_kind(draft) in draft.frame.values and "note.soon" not in draft.said:
        draft.said.append("note.soon")
        turn.say("note.soon", day=limit.day)


def keep_current(turn: Turn) -> None:
    """Send a record that was submitted already as it stands now."""
    draft = turn.draft
    if not draft or draft.status != "submitted":
        return
    flow = flow_named(draft.flow)
    turn.effect(
        CompleteDeclaration(
            draft.reference,
            draft.id,
            form.to_submit(flow, draft.frame),
            form.missing(flow, draft.frame, asking.has_phone(turn)),
        )
    )


def is_late(turn: Turn) -> bool:
    """Whether the delay is surely over; a birth that may yet prove to be abroad has one year."""
    limit = event_last_day(turn)
    if limit is None or turn.draft is None:
        return False
    flow, values = flow_named(turn.draft.flow), turn.draft.frame.values
    today = turn.now.date()
    where = f"{flow.place}_place"
    if _place_kind(turn.draft) not in values and where not in turn.draft.frame.unknown:
        event = date.fromisoformat(str(values[flow.event_date]))
        return last_day(event, abroad=True).passed(today)
    return limit.passed(today)
