"""Parts a full name into given and family name without touching a letter of either.

Moroccan names have particles (Ait, Ben, El, بن), double given names (Fatima Zahra, عبد الرحمان) and
titles (Moulay); the known given names of bot.language tell a double given name from a family name.
"""

from __future__ import annotations

from bot.answers.words import table
from bot.language import fold
from bot.language.transliteration import is_given_name

_DATA = table("names")
_PARTICLES, _TITLES, _OPENERS, _CLOSERS = (
    frozenset(fold(_DATA[name]).split()) for name in ("particles", "titles", "openers", "closers")
)
# Zine El Abidine has three words, Mohamed Salah Eddine too; no given name has more units.
_WIDEST = 4


def split_full_name(text: str) -> tuple[str, str | None]:
    """(given, family); family is None for one name only, `Fatima Zahra` included.

    The given name comes first, unless only the first words are in capitals: AMRANI Zineb.
    """
    units = _units(text.split())
    if not units:
        return "", None
    given, family = _by_capitals(units) or _by_words(units)
    return " ".join(given), " ".join(family) or None


def _units(words: list[str]) -> list[str]:
    """The words, each particle, title or closer joined to the word it belongs with."""
    units: list[str] = []
    pending: list[str] = []
    for word in words:
        key = fold(word)
        if not pending and key in _CLOSERS and units:
            units[-1] += f" {word}"
            continue
        pending.append(word)
        if key not in _PARTICLES and key not in _TITLES:
            units.append(" ".join(pending))
            pending = []
    return units + ([" ".join(pending)] if pending else [])


def _by_capitals(units: list[str]) -> tuple[list[str], list[str]] | None:
    """Capitals mark the family name, first or last, when the rest is not in capitals."""
    marks = [_is_capital(unit) for unit in units]
    if all(marks) or not any(marks):
        return None
    count = sum(marks)
    if all(marks[-count:]):
        return units[:-count], units[-count:]
    return (units[count:], units[:count]) if all(marks[:count]) else None


def _is_capital(unit: str) -> bool:
    last = unit.split()[-1]
    return len(last) > 1 and last.isupper()


def _by_words(units: list[str]) -> tuple[list[str], list[str]]:
    for count in range(min(_WIDEST, len(units)), 1, -1):
        if is_given_name(" ".join(units[:count])):
            return units[:count], units[count:]
    if len(units) > 2 and fold(units[0]) in _OPENERS and is_given_name(units[1]):
        return units[:2], units[2:]
    return units[:1], units[1:]
