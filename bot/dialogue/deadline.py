"""The last day to declare, and whether it has passed.

Births and deaths: thirty calendar days after the event, one year abroad (law 37-99 and its decree;
certain under both laws). A marriage abroad: three months, to deposit its act at the consulate
(alhalalmadania.ma, FAQ). Each flow's file says its own. A last day that is not a working day moves
to the next one. Moroccan
holidays come from the `holidays` package, which marks lunar ones that are computed as estimated:
near those the true day is known only after the moon is seen, so nothing is refused there; the
office decides.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from bot.flows.model import Span

SOON_DAYS = 7
SIGHTING_TOLERANCE = timedelta(days=2)  # a lunar date computed ahead may be off by a day or two


@dataclass(frozen=True, slots=True)
class LastDay:
    """`day` is what the citizen is told; only after `surely_past_after` is the delay over for
    sure."""

    day: date
    surely_past_after: date

    def passed(self, today: date) -> bool:
        """Whether the delay is over beyond doubt."""
        return today > self.surely_past_after

    def is_soon(self, today: date) -> bool:
        """Whether fewer than seven days remain."""
        return (self.day - today).days < SOON_DAYS


@cache
def _holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("MA", years=[year], language="en_US").items())


def _is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def _near_estimated_holiday(day: date) -> bool:
    span = range(-SIGHTING_TOLERANCE.days, SIGHTING_TOLERANCE.days + 1)
    near = (day + timedelta(days=offset) for offset in span)
    return any("estimated" in _holidays(d.year).get(d, "") for d in near)


def _next_working_day(day: date) -> date:
    while not _is_working_day(day):
        day += timedelta(days=1)
    return day


def _after(event: date, span: Span) -> date:
    """The same day of the month some months later, or the last of a month that is too short;
    a 29 February has its anniversary on 1 March."""
    months = event.month - 1 + span.months + 12 * span.years
    year, month = event.year + months // 12, months % 12 + 1
    length = monthrange(year, month)[1]
    if span.years and event.day > length:
        return date(year, 3, 1)
    return date(year, month, min(event.day, length)) + timedelta(days=span.days)


def last_day(event: date, span: Span) -> LastDay:
    """The last day to be at the office for an event, in Africa/Casablanca calendar days."""
    nominal = _after(event, span)
    day = _next_working_day(nominal)
    latest = day
    if _near_estimated_holiday(nominal) or _near_estimated_holiday(day):
        latest = _next_working_day(day + SIGHTING_TOLERANCE)
    return LastDay(day, latest)
