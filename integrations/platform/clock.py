"""The one clock. Times are stored in UTC and decided in Africa/Casablanca."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CASABLANCA = ZoneInfo("Africa/Casablanca")


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that was set. It ticks on from there, or stands still when `ticking` is False."""

    def __init__(self, start: datetime, ticking: bool = True) -> None:
        self._ticking = ticking
        self.set(start)

    def set(self, start: datetime) -> None:
        """Set it to `start`; a time without a zone is Casablanca's."""
        aware = start if start.tzinfo else start.replace(tzinfo=CASABLANCA)
        self._start, self._from = aware.astimezone(UTC), time.monotonic()

    def now(self) -> datetime:
        passed = time.monotonic() - self._from if self._ticking else 0.0
        return self._start + timedelta(seconds=passed)


def local(moment: datetime) -> datetime:
    """The same moment as people in Morocco read it."""
    return moment.astimezone(CASABLANCA)


def clock_from(start: datetime | None) -> Clock:
    """The clock that `HALA_CLOCK` asks for."""
    return SystemClock() if start is None else SetClock(start)
