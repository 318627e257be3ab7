"""What the register says, in the words our records keep (`register_news.RANKS`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.register import Event, Held
from bot.register.records import Status
from integrations.database.register_feed import Told
from integrations.database.register_news import News

_STATUS: dict[Status, str] = {"received": "transmitted"}
# Every event of a pre-declaration, by what it means for the status; None: nothing.
_EVENTS: dict[str, str | None] = {
    "pre_declaration.received": "transmitted",
    "pre_declaration.completed": None,
    "pre_declaration.opened": "opened",
    "pre_declaration.correction_asked": "correction_asked",
    "pre_declaration.corrected": None,
    "pre_declaration.registered": "registered",
    "pre_declaration.rejected": "rejected",
    "pre_declaration.expired": "expired",
    "pre_declaration.withdrawn": "withdrawn",
}
_OF_RECORDS = "pre_declaration."
_OF_CORRECTIONS = frozenset({"pre_declaration.correction_asked", "pre_declaration.corrected"})
_KEPT = ("office", "steps", "reason", "act")


def status_of(status: Status) -> str:
    """Our word for a status of the register."""
    return _STATUS.get(status, status)


def news_of(held: Held) -> News:
    """What an answer tells of a record. Corrections are left to the feed, which has their order."""
    facts: dict[str, Any] = {}
    if held.office is not None:
        facts["office"] = held.office.id
    if held.act is not None:
        facts["act"] = {"number": held.act.number, "year": held.act.year}
    if held.status == "rejected" and held.reason is not None:
        facts["reason"] = held.reason
    return News(status_of(held.status), facts)


def told_by(event: Event) -> Told:
    """What an event tells of its record; one of a type that is new to us says "being handled"."""
    is_of_record = event.type.startswith(_OF_RECORDS)
    status = _EVENTS.get(event.type, "handled" if is_of_record else None)
    is_of_correction = event.type in _OF_CORRECTIONS
    news = News(
        status=status,
        facts=_facts(event.data) if is_of_record else {},
        opened_at=event.at if status == "opened" else None,
        cursor=event.cursor if is_of_correction else 0,
        answered=event.type == "pre_declaration.corrected",
    )
    return Told(event, news, is_known=event.type in _EVENTS or not is_of_record)


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: data[key] for key in _KEPT if key in data}
