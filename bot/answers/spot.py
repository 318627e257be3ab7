"""Finds listed phrases among the words of a short answer and says what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from bot.answers.words import key, table, words

LONGEST_PHRASE = 6
AND = "و"  # written onto the next word: "ولد وبنت"
Phrases = Mapping[tuple[str, ...], str]
_REPEATED = re.compile(r"([^\W\d])\1+")


@dataclass(frozen=True, slots=True)
class Spotted:
    """The entries whose phrases occur, in order, and the words of no phrase."""

    entries: tuple[str, ...]
    rest: tuple[str, ...]


def plain(word: str) -> str:
    """A word without repeated letters: `ouiii` is `oui`."""
    return _REPEATED.sub(r"\1", word)


def phrases(entries: Mapping[str, Iterable[str]]) -> dict[tuple[str, ...], str]:
    """From the words of each phrase to the entry that lists it."""
    return {
        tuple(plain(word) for word in words(key(phrase))): name
        for name, listed in entries.items()
        for phrase in listed
    }


@cache
def phrases_of(file: str, *entries: str) -> Phrases:
    """The phrases of some entries of a data file."""
    data = table(file)
    return phrases({name: data[name] for name in entries})


def spot(text: str, known: Phrases) -> Spotted:
    """Read left to right, the longest phrase at each point."""
    tokens = [plain(word) for word in words(key(text))]
    entries: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(tokens):
        end, name = _longest(tokens, at, known)
        if name is None:
            rest.append(tokens[at])
        else:
            entries.append(name)
        at = end
    return Spotted(tuple(entries), tuple(rest))


def _longest(tokens: list[str], at: int, known: Phrases) -> tuple[int, str | None]:
    for end in range(min(len(tokens), at + LONGEST_PHRASE), at, -1):
        name = known.get(tuple(tokens[at:end]))
        if name is not None:
            return end, name
    return at + 1, known.get((tokens[at].removeprefix(AND),))
