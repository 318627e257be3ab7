"""Reads the parts of a date that have a fixed form: digits with signs, and durations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from bot.answers.date_words import date_words
from bot.answers.numbers import to_int

HIJRI_YEARS = range(1300, 1501)
_YMD = re.compile(r"(?<![\w/.-])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?![\w/-])")
_DMY = re.compile(
    r"(?<![\w/.-])(\d{1,2})\s?[-/.\\]\s?(\d{1,2})\s?[-/.\\]\s?(\d{4}|\d{2})(?![\w/-])"
    r"|(?<![\w/.-])(\d{1,2}) (\d{1,2}) (\d{4}|\d{2})(?![\w/-])"
)
_MY = re.compile(
    r"(?<![\w/.-])(\d{1,2})\s?[-/.]\s?(\d{4})(?![\w/-])"
    r"|(?<![\w/.-])(\d{4})[-/.](\d{1,2})(?![\w/-])"
)
_DM = re.compile(r"(?<![\w/.-])(\d{1,2})\s?[-/.\\]\s?(\d{1,2})(?![\w/-])")

Kind = Literal["calendar", "ago", "hours_ago", "weekday", "vague", "future"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing said of a date. `number` counts days or hours ago, or is a weekday (0 Monday);
    `last` shuts out today for a weekday."""

    kind: Kind
    day: int | None = None
    month: int | None = None
    year: int | None = None
    hijri: bool = False
    number: int = 0
    short_year: bool = False
    last: bool = False


@dataclass(slots=True)
class Reading:
    """The mentions of a text, the words that belong to none, and whether a year is only rough."""

    mentions: list[Mention] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    about: bool = False


def durations(text: str, reading: Reading) -> str:
    """Note "three days ago" in every variety; the text without it."""
    known = date_words()

    def take(match: re.Match[str]) -> str:
        said = match["count"] or match["count_after"]
        count = 1 if said is None else to_int(said)
        if count is None:
            return match[0]
        if match["unit"] in known.unit_days:
            reading.mentions.append(Mention("ago", number=count * known.unit_days[match["unit"]]))
        elif match["unit"] in known.hours:
            reading.mentions.append(Mention("hours_ago", number=count))
        else:
            reading.mentions.append(Mention("vague"))
        return " "

    return known.ago.sub(take, text)


def _calendar(year: str | None, month: str, day: str | None) -> Mention:
    number = int(year) if year else None
    return Mention(
        "calendar",
        int(day) if day else None,
        int(month),
        number,
        hijri=number in HIJRI_YEARS,
        short_year=bool(year) and len(year or "") == len("25"),
    )


def numeric(text: str, reading: Reading) -> str:
    """Note dates written in digits with signs between them; the text without them."""

    def take(match: re.Match[str]) -> str:
        parts = [part for part in match.groups() if part and part.isdecimal()]
        if match.re is _YMD:
            found = _calendar(parts[0], parts[1], parts[2])
        elif match.re is _DMY:
            found = _calendar(parts[2], parts[1], parts[0])
        elif match.re is _MY:
            year, month = sorted(parts, key=len, reverse=True)
            found = _calendar(year, month, None)
        else:
            found = _calendar(None, parts[1], parts[0])
        reading.mentions.append(found)
        return " "

    for pattern in (_YMD, _DMY, _MY, _DM):
        text = pattern.sub(take, text)
    return text
