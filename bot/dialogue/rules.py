"""What follows from an answer to a declaration: notes said once, a delay that is short or over."""

from __future__ import annotations

from bot.dialogue import asking, events, form
from bot.dialogue.deadline import LastDay, last_day
from bot.dialogue.effects import CompleteDeclaration
from bot.dialogue.turn import Turn
from bot.dialogue.words import has
from bot.flows import Question, flow_named

PROSECUTOR = "note.prosecutor"
WHERE = ("place", "country")  # answers that tell where it happened


def event_last_day(turn: Turn) -> LastDay | None:
    """The last day for the event of the draft, None while its date is not known to the day or
    where there is no delay."""
    if not turn.draft or turn.state.side:
        return None
    flow, values = flow_named(turn.draft.flow), turn.draft.frame.values
    event, span = events.day_of(flow, values), events.span_of(flow, values)
    return last_day(event, span) if event and span else None


def after(turn: Turn, question: Question) -> None:
    """Say, once, what a citizen must know because of this answer; keep a submitted record
    current."""
    draft = turn.draft
    if not draft or turn.state.side:
        return
    flow, values = flow_named(draft.flow), draft.frame.values
    facts = {**values, "abroad": events.is_abroad(flow, values)}
    for said in question.notes:
        if form.holds(said.when, facts):
            note(turn, said.key)
    if question.id == flow.event_date or question.answer in WHERE:
        _note_time(turn)
    keep_current(turn)


def note(turn: Turn, key: str) -> None:
    """Say a sentence once in a declaration."""
    draft = turn.draft
    if draft and key not in draft.said:
        draft.said.append(key)
        turn.say(key)


def is_unnatural(turn: Turn) -> bool:
    """Whether a death is being declared and the message says that it was not a natural one."""
    draft = turn.draft
    is_death = draft is not None and draft.flow == "declare_death" and draft.status != "cancelled"
    return is_death and has(turn.text, "unnatural")


def note_unnatural(turn: Turn) -> bool:
    """Name the prosecutor's authorisation and a person; how the death came is never asked."""
    if not is_unnatural(turn) or PROSECUTOR in turn.declaration.said:
        return False
    note(turn, PROSECUTOR)
    keep_current(turn)
    return True


def _note_time(turn: Turn) -> None:
    """That little time is left; or, where a delay refuses nothing, that it is over."""
    draft, limit = turn.draft, event_last_day(turn)
    today = turn.now.date()
    if not draft or limit is None:
        return
    flow = flow_named(draft.flow)
    if limit.passed(today):
        if not flow.late:
            note(turn, "note.delay_over")
        return
    is_soon = limit.is_soon(today) and events.where_is_known(flow, draft.frame.values)
    if is_soon and "note.soon" not in draft.said:
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
    """Whether the delay is surely over; an event that may yet prove to be abroad has longer."""
    limit = event_last_day(turn)
    if limit is None or turn.draft is None or not flow_named(turn.draft.flow).late:
        return False
    flow, frame = flow_named(turn.draft.flow), turn.draft.frame
    today, longest = turn.now.date(), flow.delay.abroad
    event = events.day_of(flow, frame.values)
    may_be_abroad = not events.where_is_known(flow, frame.values)
    if event and longest and may_be_abroad and f"{flow.place}_place" not in frame.unknown:
        return last_day(event, longest).passed(today)
    return limit.passed(today)
