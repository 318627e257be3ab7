"""A date as people say it in Morocco: digits, keypad, words of five varieties, relative, Hijri.

Days come before months, always. A missing year is the most recent that is not in the future.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from babel.dates import format_date

from bot.answers.date_digits import HIJRI_YEARS, Mention, Reading
from bot.answers.date_find import read
from bot.answers.date_resolve import (
    EARLIEST_YEAR,
    DateProblem,
    bounded,
    days_meant,
    distinct,
    partial_value,
)
from bot.answers.date_words import date_words
from bot.answers.result import (
    Accepted,
    Ambiguous,
    AnswerContext,
    Candidate,
    Language,
    NotAnAnswer,
    Parsed,
    Refused,
)
from bot.answers.words import without_fillers

NIGHT_ENDS = 4  # before this hour "today" and "yesterday" mean either of two days
WORDS_OF_A_STORY = 1  # more words than this beside a date: the text is more than an answer
_DDMM = re.compile(r"\d{2}(?:0[1-9]|1[0-2])")
_DDMMYY = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})?")
_YYYYMMDD = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>\d{2})")


def parse(text: str, context: AnswerContext) -> Parsed:
    """A full date, value `YYYY-MM-DD`, never in the future."""
    return _parse(text, context, partial=False)


def parse_partial(text: str, context: AnswerContext) -> Parsed:
    """A date of which only month and year, or the year, may be known: also `YYYY-MM`, `YYYY`."""
    return _parse(text, context, partial=True)


def find_dates(text: str, context: AnswerContext) -> tuple[str, ...]:
    """The ISO dates that stand anywhere in a text, impossible and future ones left out."""
    try:
        return tuple(day.isoformat() for day in days_meant(read(text), context, partial=False))
    except DateProblem:
        return ()


def _parse(text: str, context: AnswerContext, partial: bool) -> Parsed:
    reading = read(text)
    try:
        outcome = _decide(reading, context, partial)
    except DateProblem as problem:
        return _refused(str(problem), context)
    if outcome is None:
        return _nothing_found(reading, context)
    if isinstance(outcome, Accepted) and (unknown := _unknown(reading)):
        story = len(unknown) > WORDS_OF_A_STORY
        return NotAnAnswer() if story else _refused("unclear", context)
    return outcome


def _decide(reading: Reading, context: AnswerContext, partial: bool) -> Accepted | Ambiguous | None:
    _digits_alone(reading, context, partial)
    if not reading.mentions:
        return None
    night = _night(reading, context)
    if night:
        return night
    days = days_meant(reading, context, partial)
    if days:
        return _one_of(days, context)
    rough = [m for m in reading.mentions if m.kind == "calendar" and m.year and not m.day]
    if partial and rough:
        return Accepted(partial_value(rough[0], context))
    raise DateProblem("needs_day")


def _nothing_found(reading: Reading, context: AnswerContext) -> Parsed:
    looks_numeric = any(word.isdecimal() for word in _unknown(reading))
    return _refused("unclear", context) if looks_numeric else NotAnAnswer()


def _unknown(reading: Reading) -> list[str]:
    known = date_words().fillers | date_words().day
    return [word for word in without_fillers(" ".join(reading.rest)) if word not in known]


def _refused(problem: str, context: AnswerContext) -> Refused:
    yesterday = context.now.date() - timedelta(days=1)
    example = f"{yesterday.day}/{yesterday.month}/{yesterday.year}"
    details = {"example": example}
    if problem == "too_early" and context.not_before:
        details["bound"] = context.not_before
    if problem == "too_late" and context.not_after:
        details["bound"] = context.not_after
    return Refused(f"problem.date_{problem}", details)


def _digits_alone(reading: Reading, context: AnswerContext, partial: bool) -> None:
    """Read what a keypad types: `1811`, `181125`, `18112025`, `18 11`, or a year."""
    numbers = [word for word in reading.rest if word.isdecimal()]
    if any(m.kind in ("calendar", "ago") for m in reading.mentions):
        return
    mention = _compact(numbers, context, partial)
    if mention:
        reading.mentions.append(mention)
        reading.rest = [word for word in reading.rest if word not in numbers]


def _compact(numbers: list[str], context: AnswerContext, partial: bool) -> Mention | None:
    if len(numbers) == 2 and all(len(number) <= 2 for number in numbers):
        return Mention("calendar", int(numbers[0]), int(numbers[1]))
    if len(numbers) == 2 and _DDMM.fullmatch(numbers[0]):
        numbers = ["".join(numbers)]  # "0311 2025"
    number = numbers[0] if len(numbers) == 1 else ""
    if len(number) == 4 and _is_year(number, context, partial):
        return Mention("calendar", year=int(number), hijri=int(number) in HIJRI_YEARS)
    day_first, year_first = _DDMMYY.fullmatch(number), _YYYYMMDD.fullmatch(number)
    if year_first and not (day_first and int(day_first["month"]) <= 12):
        return _mention(year_first)
    return _mention(day_first) if day_first else None


def _is_year(number: str, context: AnswerContext, partial: bool) -> bool:
    if partial:
        return not number.startswith("0")
    return EARLIEST_YEAR <= int(number) <= context.now.year and int(number[2:]) > 12


def _mention(match: re.Match[str]) -> Mention:
    year = match["year"]
    full = int(year) if year else None
    short = year is not None and len(year) == len("25")
    return Mention("calendar", int(match["day"]), int(match["month"]), full, short_year=short)


def _night(reading: Reading, context: AnswerContext) -> Ambiguous | None:
    """Between midnight and four, "today" and "yesterday" are confirmed by weekday."""
    relative = [m for m in reading.mentions if m.kind == "ago" and m.number <= 1]
    if context.now.hour >= NIGHT_ENDS or not relative or len(reading.mentions) > 1:
        return None
    said = context.now.date() - timedelta(days=relative[0].number)
    return _choose([said, said - timedelta(days=1)], context.language)


def _one_of(days: list[date], context: AnswerContext) -> Accepted | Ambiguous:
    checked = distinct(bounded(day, context) for day in days)
    if len(checked) == 1:
        return Accepted(checked[0].isoformat())
    return _choose(checked, context.language)


def _choose(days: list[date], language: Language) -> Ambiguous:
    return Ambiguous(tuple(Candidate(day.isoformat(), label(day, language)) for day in days))


def label(day: date, language: Language) -> str:
    """A day in full: weekday, day, month in words, year."""
    locale = "ar_MA" if language == "ar" else "fr"
    return str(format_date(day, "EEEE d MMMM y", locale=locale))
