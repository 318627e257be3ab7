"""Numbers in words, up to 59 as dates and hours need: French, Arabic, Darija in both scripts."""

from __future__ import annotations

from functools import cache

from bot.answers.words import key, table

_TENS = (20, 30, 40, 50)
_AND_FR = ("-", " ", "-et-", " et ")
_AND_AR = ("و", " و", " و ")
_AND_LATIN = (" o ", " w ", " ou ", " u ")


def _is_arabic(word: str) -> bool:
    return any("\u0600" <= char <= "\u06ff" for char in word)


def _compounds(words_of: dict[int, list[str]]) -> dict[str, int]:
    """Twenty-one to fifty-nine: tens then unit in French, unit then tens in Arabic and Darija."""
    built: dict[str, int] = {}
    for ten in _TENS:
        for unit in range(1, 10):
            for tens_word in words_of[ten]:
                for unit_word in words_of[unit]:
                    for form in _joined(unit_word, tens_word):
                        built[key(form)] = ten + unit
    return built


def _joined(unit: str, tens: str) -> list[str]:
    if _is_arabic(unit) != _is_arabic(tens):
        return []
    if _is_arabic(unit):
        return [unit + link + tens for link in _AND_AR]
    french = [tens + link + unit for link in _AND_FR]
    return french + [unit + link + tens for link in _AND_LATIN]


@cache
def spoken() -> dict[str, int]:
    """From the key of a number in words to the number."""
    words_of = {int(number): forms for number, forms in table("numbers")["exact"].items()}
    exact = {key(form): number for number, forms in words_of.items() for form in forms}
    return _compounds(words_of) | exact


def to_int(word: str) -> int | None:
    """A number in digits or in words, None for anything else."""
    return int(word) if word.isdecimal() and len(word) <= 4 else spoken().get(word)
