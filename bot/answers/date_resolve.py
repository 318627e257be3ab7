"""Decides which day a mention means: missing years, two-digit years, Hijri, weekdays, bounds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from hijridate import Gregorian, Hijri

from bot.answers.date_digits import Mention, Reading
from bot.answers.result import AnswerContext

EARLIEST_YEAR = 1900
HIJRI_TOLERANCE_DAYS = 2  # sighting in Morocco and the computed calendar differ by up to two days


class DateProblem(Exception):
    """A date that cannot be taken; carries the end of the problem's key, no text."""


def days_meant(reading: Reading, context: AnswerContext, partial: bool) -> list[date]:
    """The days meant by full dates and relative words; a weekday counts alone, else it checks."""
    calendar = [m for m in reading.mentions if m.kind == "calendar" and m.day is not None]
    exact = [_resolve(m, context, partial) for m in calendar]
    exact += [_before(m, context.now) for m in reading.mentions if m.kind in ("ago", "hours_ago")]
    days = _without_hijri_twins(exact, calendar)
    weekdays = [m for m in reading.mentions if m.kind == "weekday"]
    kinds = {m.kind for m in reading.mentions}
    if "future" in kinds:
        raise DateProblem("future")
    if not days and "vague" in kinds:  # "Monday of last week" is not the last Monday
        raise DateProblem("needs_day")
    if days:
        return [day for said in days for day in _with_weekday(said, weekdays, context)]
    return distinct(_last_weekday(m, context.now.date()) for m in weekdays)


def _resolve(mention: Mention, context: AnswerContext, partial: bool) -> date:
    today = context.now.date()
    if mention.year is None and partial:
        raise DateProblem("needs_year")
    if mention.year is not None:
        return bounded(_on(mention, full_year(mention, today)), context)
    # No year: the most recent one in which the day exists and is past (29 February needs eight).
    newest = Gregorian.fromdate(today).to_hijri().year if mention.hijri else today.year
    for year in range(newest, newest - 9, -1):
        try:
            found = _on(mention, year)
        except DateProblem:
            continue
        if found <= today:
            return bounded(found, context)
    raise DateProblem("impossible")


def full_year(mention: Mention, today: date) -> int:
    """The year meant by two digits or four."""
    year = mention.year or 0
    if not mention.short_year:
        return year
    if mention.hijri:
        return 1400 + year
    # A year one ahead is a slip of this century, not a year of the last.
    return 2000 + year if year <= today.year % 100 + 1 else 1900 + year


def _on(mention: Mention, year: int) -> date:
    try:
        if mention.hijri:
            return Hijri(year, mention.month or 0, mention.day or 0).to_gregorian()
        return date(year, mention.month or 0, mention.day or 0)
    except (ValueError, OverflowError):
        raise DateProblem("impossible") from None


def bounded(day: date, context: AnswerContext) -> date:
    """The day itself when it is past and within the context's bounds."""
    if day > context.now.date():
        raise DateProblem("future")
    if context.not_after and day.isoformat() > context.not_after:
        raise DateProblem("too_late")
    too_early = context.not_before and day.isoformat() < context.not_before
    if too_early or day.year < EARLIEST_YEAR:
        raise DateProblem("too_early")
    return day


def _before(mention: Mention, now: datetime) -> date:
    unit = timedelta(hours=1) if mention.kind == "hours_ago" else timedelta(days=1)
    return (now - mention.number * unit).date()


def _last_weekday(mention: Mention, today: date) -> date:
    back = (today.weekday() - mention.number) % 7
    return today - timedelta(days=back or (7 if mention.last else 0))


def _with_weekday(day: date, weekdays: list[Mention], context: AnswerContext) -> list[date]:
    """The day, and the nearest day of the weekday said with it where the two disagree."""
    if not weekdays or day.weekday() == weekdays[0].number:
        return [day]
    ahead = (weekdays[0].number - day.weekday()) % 7
    nearest = day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
    return [day, nearest] if nearest <= context.now.date() else [day, nearest - timedelta(days=7)]


def _without_hijri_twins(exact: list[date], calendar: list[Mention]) -> list[date]:
    """A Hijri date and the same day in the other calendar are one date: the other one counts."""
    two = len(calendar) == 2 and len(exact) == 2 and calendar[0].hijri != calendar[1].hijri
    if two and abs((exact[0] - exact[1]).days) <= HIJRI_TOLERANCE_DAYS:
        return [day for day, m in zip(exact, calendar, strict=True) if not m.hijri]
    return distinct(exact)


def distinct(days: Iterable[date]) -> list[date]:
    """The days once each, in the order said."""
    return list(dict.fromkeys(days))


def partial_value(mention: Mention, context: AnswerContext) -> str:
    """`YYYY-MM` or `YYYY` for a mention without a day, within the same bounds as a day."""
    today = context.now.date()
    year = full_year(mention, today)
    if mention.hijri or (mention.month and not 1 <= mention.month <= 12):
        raise DateProblem("needs_day" if mention.hijri else "impossible")
    value = f"{year:04d}-{mention.month:02d}" if mention.month else f"{year:04d}"
    if value > today.isoformat():
        raise DateProblem("future")
    if context.not_after and value > context.not_after:
        raise DateProblem("too_late")
    early = context.not_before and value < context.not_before[: len(value)]
    if early or year < EARLIEST_YEAR:
        raise DateProblem("too_early")
    return value
