"""Communes and arrondissements by the letters typed so far, for a list to choose from.

A parser answers with what was meant; a search shows what begins so. The same two keys, strict and
loose, meet both scripts and every spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.answers import communes
from bot.answers.result import Language
from bot.answers.spelling import loosened, squeezed
from bot.answers.words import key, table, words

SHORTEST = 2  # letters
MOST = 8
FEW = 3  # with fewer, likely misspellings are worth showing
_WHOLE, _BEGINS, _SOUNDS, _WORD = range(4)  # how well a name fits, the best first


@dataclass(frozen=True, slots=True)
class _Name:
    """One spelling of a place: whole, as it sounds, and as it sounds from each later word on."""

    code: str
    strict: str
    loose: str
    later: tuple[str, ...]


@cache
def _names() -> tuple[_Name, ...]:
    aliases = table("commune")["aliases"]
    return tuple(
        _Name(code, squeezed(name), loosened(name), tuple(_later_words(name)))
        for code, place in communes.index().places.items()
        for name in (place.fr, place.ar, *aliases.get(code, ()))
    )


def _later_words(name: str) -> Iterator[str]:
    spelt = words(key(name))
    for at in range(1, len(spelt)):
        yield loosened(" ".join(spelt[at:]))


def search(
    letters: str, language: Language, *, only_parts: bool = False
) -> tuple[tuple[str, str], ...]:
    """(code, label) of at most `MOST` places: the name itself, names that begin so, names with a
    later word that does, then likely misspellings; within each the most peopled first.
    `only_parts` leaves arrondissements."""
    strict, loose = squeezed(letters), loosened(letters)
    if len(strict) < SHORTEST:
        return ()
    best: dict[str, int] = {}
    for name in _names():
        fit = _fit(name, strict, loose)
        if fit is not None:
            best[name.code] = min(fit, best.get(name.code, fit))
    codes = sorted(best, key=lambda code: (best[code], -communes.index().places[code].population))
    if len(codes) < FEW:
        codes += [code for code in communes.suggestions(letters) if code not in best]
    found = [code for code in codes if not only_parts or communes.index().places[code].parent]
    return tuple((code, communes.full_label(code, language)) for code in found[:MOST])


def _fit(name: _Name, strict: str, loose: str) -> int | None:
    if name.strict == strict:
        return _WHOLE
    if name.strict.startswith(strict):
        return _BEGINS
    if len(loose) < SHORTEST:
        return None
    if name.loose.startswith(loose):
        return _SOUNDS
    return _WORD if any(word.startswith(loose) for word in name.later) else None
