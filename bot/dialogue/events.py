"""What the answers of a declaration say of its event: where, when, and what proves who asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.dialogue.state import Draft
from bot.flows import Flow, flow_named
from bot.flows.model import Span

FULL_DATE = len("2025-11-18")
DATES = ("date", "date_or_year")
SPOUSES = ("husband", "wife")


def is_abroad(flow: Flow, values: Mapping[str, Any]) -> bool:
    """Whether the event is known to have been outside Morocco."""
    if flow.place:
        return values.get(f"{flow.place}_place_kind") == "abroad"
    return bool(flow.country) and values.get(flow.country) not in (None, "MA")


def where_is_known(flow: Flow, values: Mapping[str, Any]) -> bool:
    """Whether it was said, if only roughly, where the event was."""
    return f"{flow.place}_place_kind" in values if flow.place else flow.country in values


def span_of(flow: Flow, values: Mapping[str, Any]) -> Span | None:
    """The time there is to declare the event, as far as it is known where it was."""
    return flow.delay.abroad if is_abroad(flow, values) else flow.delay.home


def day_of(flow: Flow, values: Mapping[str, Any]) -> date | None:
    """The day of the event, None while it is not known to the day."""
    said = values.get(flow.event_date)
    is_full = isinstance(said, str) and len(said) == FULL_DATE
    return date.fromisoformat(str(said)) if is_full else None


def is_sensitive(draft: Draft) -> bool:
    """Whether the phone alone never proves who asks: a divorce, a father left out."""
    flow, values = flow_named(draft.flow), draft.frame.values
    left_out = any(q.sensitive_when_left_out for q in flow.questions)
    return flow.sensitive or (left_out and values.get("father_known") is False)


def date_given(draft: Draft) -> str | None:
    """A day, if only a year, that the author of a declaration knows: that of the event, else
    another one."""
    flow, values = flow_named(draft.flow), draft.frame.values
    days = [q.fills[0] for q in flow.questions if q.answer in DATES and q.ring == "core"]
    given = (values.get(step) for step in (flow.event_date, *days))
    return next((str(day) for day in given if day), None)


def identity_given(values: Mapping[str, Any]) -> str | None:
    """The number of the document that proves who declared: the declarant's own, and where a
    relative declares for two spouses, the first that was given."""
    own = values.get("declarant_spouse")
    order = (own,) if own else SPOUSES
    for who in ("declarant", *order):
        identity = values.get(f"{who}_cnie")
        if isinstance(identity, Mapping) and identity.get("number"):
            return str(identity["number"])
    return None
