"""What the invented citizens of a page tap and type: births, from the menu to the reference."""

from __future__ import annotations

import itertools
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from bench.talks import DATA, OLDEST_BIRTH_DAYS
from bot.answers.result import Language


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a birth: its number from 1, and what is typed or which choice is tapped."""

    number: int
    text: str
    choice: str | None


def births(language: Language, chance: random.Random, today: date) -> Iterator[list[Step]]:
    """One birth after the other, without end."""
    return (_birth(language, chance, today) for _ in itertools.count())


def _birth(language: Language, chance: random.Random, today: date) -> list[Step]:
    names = _data("births")[language]
    day = today - timedelta(days=chance.randint(1, OLDEST_BIRTH_DAYS))
    drawn = {
        "date": f"{day.day}/{day.month}",
        "cnie": f"AD{chance.randrange(10**5, 10**6)}",
        # Not every number after 06 is given out.
        "phone": f"0612{chance.randrange(10**6):06d}",
        **{name: chance.choice(names[name]) for name in ("place", "child", "father", "mother")},
    }
    return [
        Step(number, step.get("text", "").format(**drawn), step.get("choice"))
        for number, step in enumerate(_data("web_births")["steps"], start=1)
    ]


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
