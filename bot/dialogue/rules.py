"""What follows from an answer to a declaration: notes said once, a delay that is short or over."""

from __future__ import annotations

from datetime import date

from bot.dialogue import asking, form
from bot.dialogue.deadline import LastDay, last_day
from bot.dialogue.messages import CompleteDeclaration
from bot.dialogue.turn import Turn
from bot.flows import Question, flow_named

FULL_DATE = len("2025-11-18")


def event_last_day(turn: Turn) -> LastDay | None:
    """The last day for the event of the draft, None while its date is not known to the day."""
    if not turn.draft or turn.state.side:
        return None
    values = turn.draft.frame.values
    event = values.get("birth_date")
    if not isinstance(event, str) or len(event) != FULL_DATE:
        return None
    return last_day(date.fromisoformat(event), values.get("birth_place_kind") == "abroad")


def after(turn: Turn, question: Question) -> None:
    """Say, once, what a citizen must know because of this answer; keep a submitted record
    current."""
    draft = turn.draft
    if not draft or turn.state.side:
        return
    values = draft.frame.values
    if question.id == "birth_place":
        kind = values.get("birth_place_kind")
        if kind in ("home", "on_the_way", "abroad"):
            _note(turn, f"note.{kind}")
    if question.id == "father" and values.get("father_known") is False:
        _note(turn, "note.left_out")
    if question.id == "declarant_capacity" and values.get("declarant_capacity") not in (
        None,
        "father",
        "mother",
    ):
        _note(turn, "note.other_declarant")
    if question.id in ("birth_date", "birth_place", "birth_country"):
        _note_little_time(turn)
    keep_current(turn)


def _note(turn: Turn, key: str) -> None:
    draft = turn.draft
    if draft and key not in draft.said:
        draft.said.append(key)
        turn.say(key)


def _note_little_time(turn: Turn) -> None:
    draft, limit = turn.draft, event_last_day(turn)
    today = turn.now.date()
    if not draft or limit is None or limit.passed(today) or not limit.is_soon(today):
        return
    if "birth_place_kind" in draft.frame.values and "note.soon" not in draft.said:
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
    values = turn.draft.frame.values
    today = turn.now.date()
    if "birth_place_kind" not in values and "birth_place" not in turn.draft.frame.unknown:
        event = date.fromisoformat(str(values["birth_date"]))
        return last_day(event, abroad=True).passed(today)
    return limit.passed(today)
