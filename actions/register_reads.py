"""What a turn may want to know of the register while a citizen waits: never longer than a moment,
and never more than it can do without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.flows import flow_named
from bot.register import Office, Register, RegisterError, SameEvent
from integrations.database import register_offices
from integrations.database.engine import Database
from integrations.platform.clock import Clock
from integrations.platform.logs import get_logger

log = get_logger(__name__)
LONGEST_SECONDS = 1.2
OFFICES_KEPT = timedelta(hours=12)
# Whose names tell an event from others of the same day, by its kind.
_PEOPLE = {
    "declare_birth": ("father", "mother"),
    "declare_death": ("deceased",),
    "declare_marriage": ("husband", "wife"),
    "declare_divorce": ("husband", "wife"),
}
_SCRIPTS = ("ar", "latin")


@dataclass(frozen=True, slots=True)
class RegisterReads:
    """The questions. `register` should be one of little patience."""

    db: Database
    clock: Clock
    register: Register
    seconds: float = LONGEST_SECONDS

    async def is_begun(self, kind: str, values: Mapping[str, Any]) -> bool | None:
        """Whether somebody began to declare this event already; None when it cannot be known.

        `values`: as they would be submitted, before they are.
        """
        event = event_of(kind, values)
        if event is None:
            return None
        try:
            async with asyncio.timeout(self.seconds):
                return await self.register.exists(event)
        except (RegisterError, TimeoutError) as error:
            log.info("register.duplicate_unknown", code=_code(error))
            return None

    async def offices(self, commune: str) -> tuple[Office, ...] | None:
        """The offices of a commune; the list known last while the register is away, None when
        there is none."""
        known = await register_offices.read(self.db, commune)
        now = self.clock.now()
        if known is not None and now - known.read_at < OFFICES_KEPT:
            return known.offices
        try:
            async with asyncio.timeout(self.seconds):
                offices = await self.register.offices(commune)
        except (RegisterError, TimeoutError) as error:
            log.info("register.offices_unknown", code=_code(error))
            return None if known is None else known.offices
        await register_offices.keep(self.db, commune, offices, now)
        return offices


def event_of(kind: str, values: Mapping[str, Any]) -> SameEvent | None:
    """What tells the event from others; None while its day, or whoever it is about, is not known.

    The mother's identity tells it best; a mother who declares has given it as her own.
    """
    day = _day(values.get(flow_named(kind).event_date))
    if day is None:
        return None
    if mother := _mother_identity(kind, values):
        return SameEvent(kind, day, mother)
    people = [_name(person, values) for person in _PEOPLE[kind]]
    if None in people:
        return None
    return SameEvent(kind, day, None, tuple(name for name in people if name))


def _mother_identity(kind: str, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if kind != "declare_birth":
        return None
    declares = values.get("declarant_capacity") == "mother"
    identity = values.get("mother_cnie") or (values.get("declarant_cnie") if declares else None)
    has_number = isinstance(identity, Mapping) and identity.get("number")
    return identity if has_number else None


def _name(person: str, values: Mapping[str, Any]) -> str | None:
    """Given and family name in one script."""
    for script in _SCRIPTS:
        parts = [values.get(f"{person}_{part}_name_{script}") for part in ("given", "family")]
        if all(parts):
            return " ".join(str(part) for part in parts)
    return None


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None


def _code(error: Exception) -> str:
    return error.code if isinstance(error, RegisterError) else "too_slow"
