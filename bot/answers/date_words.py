"""The words of dates, as tables ready for reading: months, weekdays, relative days, durations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from bot.answers.words import key, one_of, table, words

Phrases = Mapping[tuple[str, ...], int]
LOCALES = ("ar_MA", "ar", "fr")
DAYS_OF_UNIT = {"one_day": 1, "two_days": 2, "one_week": 7, "two_weeks": 14}


@dataclass(frozen=True, slots=True)
class DateWords:
    """All tables; a phrase is the tuple of its words' keys."""

    months: Phrases
    hijri_months: Phrases
    weekdays: Phrases
    relative: Phrases
    vague: Phrases
    future: Phrases
    last: Phrases
    next: Phrases
    of: frozenset[str]
    year: frozenset[str]
    month: frozenset[str]
    day: frozenset[str]
    about: frozenset[str]
    fillers: frozenset[str]
    times: re.Pattern[str]
    ago: re.Pattern[str]
    unit_days: Mapping[str, int]
    hours: frozenset[str]


def _phrases(entries: Mapping[str, Iterable[str]]) -> dict[tuple[str, ...], int]:
    return {
        tuple(words(key(phrase))): int(value)
        for value, listed in entries.items()
        for phrase in listed
    }


def _set(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(word for phrase in listed for word in words(key(phrase)))


def _cldr_months() -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for locale in LOCALES:
        for number, name in Locale.parse(locale).months["format"]["wide"].items():
            named.setdefault(str(number), []).append(name)
    return named


def _months(own: Mapping[str, list[str]]) -> dict[tuple[str, ...], int]:
    return {**_phrases(_cldr_months()), **_phrases(own)}


def _weekdays(own: Mapping[str, list[str]]) -> dict[tuple[str, ...], int]:
    numbered = {day: listed for day, listed in own.items() if day.isdecimal()}
    return _phrases(numbered) | _phrases({"6": own["after_day"]})


def _units(ago: Mapping[str, list[str]]) -> dict[str, int]:
    return {key(unit): days for name, days in DAYS_OF_UNIT.items() for unit in ago[name]}


def _ago(ago: Mapping[str, list[str]]) -> re.Pattern[str]:
    units = one_of(
        unit for name, listed in ago.items() if not name.startswith("before") for unit in listed
    )
    after_digit = units.replace(r"(?<!\w)", r"(?<![^\W\d_])")  # "3jours", "3yam"
    count = r"(?P<{}>\d{{1,3}}|[^\W\d_][^\W_]*)"
    leads = rf"{one_of(ago['before'])}\s+(?:{count.format('count')}\s*)?"
    number_leads = rf"{one_of(ago['before_number'])}\s+{count.format('count_after')}\s*"
    return re.compile(rf"(?:{leads}|{number_leads})(?P<unit>{after_digit})")


@cache
def date_words() -> DateWords:
    """The tables, built once."""
    data = table("date")
    marks, joins = data["weekday_marks"], data["connectors"]
    return DateWords(
        months=_months(data["months"]),
        hijri_months=_phrases(data["hijri_months"]),
        weekdays=_weekdays(data["weekdays"]),
        relative=_phrases(data["relative"]),
        vague=_phrases({"0": data["vague"]["words"]}),
        future=_phrases({"0": data["future"]["words"]}),
        last=_phrases({"0": marks["last"]}),
        next=_phrases({"0": marks["next"]}),
        of=_set(joins["of"]),
        year=_set(joins["year"]),
        month=_set(joins["month"]),
        day=_set(marks["day"]),
        about=_set(data["about"]["words"]),
        fillers=_set(data["fillers"]["words"]),
        times=re.compile("|".join(data["times"]["patterns"])),
        ago=_ago(data["ago"]),
        unit_days=_units(data["ago"]),
        hours=_set(data["ago"]["hour"]),
    )
