"""What the invented citizens of a run type, conversation after conversation.

The same seed types the same, so that two runs can be compared.
"""

from __future__ import annotations

import itertools
import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
LANGUAGES = ("fr", "ar")
LONG_TURNS = 200
QUESTIONS_A_TALK = 5
OLDEST_BIRTH_DAYS = 9  # young enough that the last day is not yet near


@dataclass(frozen=True, slots=True)
class Said:
    """One message: its text, and whether it is a `form` answer or `free` text."""

    kind: str
    text: str


Talk = list[Said]


def talks(kind: str, seed: int, today: date) -> Iterator[Talk]:
    """Conversations without end: `form`, `faq`, `mixed` or `long`. KeyError on another kind."""
    make = _KINDS[kind]
    writer = _Writer(random.Random(seed), today)
    return (make(writer) for _ in itertools.count())


class _Writer:
    """Draws what a conversation's people are called and ask."""

    def __init__(self, chance: random.Random, today: date) -> None:
        self._chance, self._today = chance, today
        self._language = itertools.cycle(LANGUAGES)
        self._questions = itertools.cycle(_shuffled(chance))

    def form(self) -> Talk:
        """A birth from the menu to its reference; nothing in it needs understanding."""
        birth = self._birth()
        texts = [*birth["form"], *self._answers(birth), birth["confirm"]]
        return [Said("form", text) for text in texts]

    def faq(self) -> Talk:
        """Some questions of somebody new."""
        return [Said("free", next(self._questions)) for _ in range(QUESTIONS_A_TALK)]

    def mixed(self) -> Talk:
        """A birth announced in free text, with two questions in its middle."""
        birth = self._birth()
        answers = [Said("form", text) for text in self._answers(birth)]
        asked = [Said("free", next(self._questions)) for _ in range(2)]
        opening = [Said("free", self._chance.choice(birth["free"])), Said("form", birth["consent"])]
        middle = [*answers[:4], asked[0], *answers[4:6], asked[1], *answers[6:]]
        return [*opening, *middle, Said("form", birth["confirm"])]

    def long(self) -> Talk:
        """A birth that is corrected at its review until 200 turns have passed."""
        birth = self._birth()
        texts = [*birth["form"], *self._answers(birth)]
        for edit in itertools.cycle(birth["edits"]):
            if len(texts) >= LONG_TURNS:
                return [Said("form", text) for text in texts[:LONG_TURNS]]
            texts += [self._filled(text, birth) for text in edit]
        raise AssertionError("a cycle has no end")

    def _birth(self) -> dict[str, Any]:
        found: dict[str, Any] = _data("births")[next(self._language)]
        return found

    def _answers(self, birth: dict[str, Any]) -> list[str]:
        return [self._filled(text, birth) for text in birth["answers"]]

    def _filled(self, text: str, birth: dict[str, Any]) -> str:
        if not text.startswith("{"):
            return text
        name = text.strip("{}")
        if name == "date":
            day = self._today - timedelta(days=self._chance.randint(1, OLDEST_BIRTH_DAYS))
            return f"{day.day}/{day.month}"
        if name == "cnie":
            return f"AD{self._chance.randrange(10**5, 10**6)}"
        return str(self._chance.choice(birth[name]))


_KINDS: dict[str, Callable[[_Writer], Talk]] = {
    "form": _Writer.form,
    "faq": _Writer.faq,
    "mixed": _Writer.mixed,
    "long": _Writer.long,
}


def _shuffled(chance: random.Random) -> list[str]:
    texts = list(_questions())
    chance.shuffle(texts)
    return texts


@cache
def _questions() -> tuple[str, ...]:
    data = _data("questions")
    parts = (
        itertools.product(data[code]["greetings"], data[code]["questions"], data["places"])
        for code in LANGUAGES
    )
    return tuple(
        greeting + question.format(place=place)
        for greeting, question, place in itertools.chain(*parts)
    )


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
