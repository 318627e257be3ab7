"""A time of day; value HH:MM. A time without a clock ("at dawn") is asked again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.answers.numbers import spoken
from bot.answers.result import (
    Accepted,
    Ambiguous,
    AnswerContext,
    Candidate,
    NotAnAnswer,
    Parsed,
    Refused,
)
from bot.answers.spot import Phrases, phrases, plain, spot
from bot.answers.words import key, table, without_fillers, words

EXAMPLE = "07:30"
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2})\s*(?:[:.]|h(?:eures?)?)\s*(\d{2})?(?:\s*(?:mn|min|m))?(?!\w)"
)
_KEYPAD = re.compile(r"(?<!\d)(\d{2})(\d{2})(?!\d)")

_HEURES = {"heure", "heures"}  # French counts to 24: "sept heures" is said of the morning


@dataclass(frozen=True, slots=True)
class Clock:
    """What was said: `exact` when the form itself is that of a 24-hour clock."""

    hour: int
    minute: int
    exact: bool


@cache
def _phrases() -> Phrases:
    data = table("time")
    entries = {f"minute {m}": listed for m, listed in data["minutes"].items()}
    entries |= {f"whole {t}": listed for t, listed in data["whole"].items()}
    entries |= {f"period {p}": listed for p, listed in data["period"].items()}
    entries |= {f"hour {h}": listed for h, listed in data["hours"].items()}
    return phrases(entries)


@cache
def _fillers() -> frozenset[str]:
    return frozenset(plain(w) for p in table("time")["fillers"]["words"] for w in words(key(p)))


def parse(text: str, context: AnswerContext) -> Parsed:
    """A clock time with what says morning or evening; a spoken hour without it has two readings."""
    folded = key(text)
    clock, folded = _digital(folded)
    spotted = spot(folded, _phrases())
    said = dict(entry.split(" ", 1) for entry in spotted.entries)
    rest = [w for w in spotted.rest if w not in _fillers()]
    rest = rest if "whole" in said or clock else _keep_numbers(rest)
    if clock is None and "whole" not in said:
        clock, rest = _spoken(said, rest, exact=bool(_HEURES & set(spotted.rest)))
    if without_fillers(" ".join(rest)):
        return _refused() if any(c.isdigit() for c in folded) and len(rest) <= 2 else NotAnAnswer()
    if "whole" in said:
        return Accepted(said["whole"])
    if clock is None:
        return _refused() if said else NotAnAnswer()
    return _on_the_day(clock, said.get("period"))


def _keep_numbers(rest: list[str]) -> list[str]:
    return [word for word in rest if word in spoken() or without_fillers(word)]


def _refused() -> Refused:
    return Refused("problem.time_unclear", {"example": EXAMPLE})


def _digital(folded: str) -> tuple[Clock | None, str]:
    match = _CLOCK.search(folded)
    if match:
        return Clock(int(match[1]), int(match[2] or 0), True), _CLOCK.sub(" ", folded, count=1)
    match = _KEYPAD.search(folded)
    if match:
        return Clock(int(match[1]), int(match[2]), True), _KEYPAD.sub(" ", folded, count=1)
    return None, folded


def _spoken(said: dict[str, str], rest: list[str], exact: bool) -> tuple[Clock | None, list[str]]:
    minutes = int(said.get("minute", 0))
    if "hour" in said:
        return _moved(int(said["hour"]), minutes, exact), rest
    for size in range(min(3, len(rest)), 0, -1):
        name = " ".join(rest[:size])
        hour = int(name) if name.isdecimal() and len(name) <= 2 else spoken().get(name)
        if hour is not None:
            return _moved(hour, minutes, exact), rest[size:]
    return None, rest


def _moved(hour: int, minutes: int, exact: bool) -> Clock:
    if minutes < 0:
        return Clock((hour - 1) % 24, 60 + minutes, exact)
    return Clock(hour, minutes, exact)


def _on_the_day(clock: Clock, period: str | None) -> Parsed:
    if clock.hour > 23 or clock.minute > 59:
        return _refused()
    hour = _in_period(clock.hour, period)
    if period or clock.exact or not 1 <= hour <= 12:
        return Accepted(f"{hour:02d}:{clock.minute:02d}")
    both = [f"{h:02d}:{clock.minute:02d}" for h in (hour % 12, hour % 12 + 12)]
    return Ambiguous(tuple(Candidate(time, time) for time in both))


def _in_period(hour: int, period: str | None) -> int:
    if hour > 12 or period is None:
        return hour
    evening = period == "pm" or (period == "night" and 6 <= hour < 12)
    if period == "pm" and hour == 12:
        return 12
    return hour % 12 + 12 if evening else hour % 12
