"""A proposal of a name in the other script, for a parent to confirm or correct.

Names people know are looked up (data/names.json), because Moroccan spelling follows usage, not
rules: محمد is Mohamed. Only the rest is spelt by rule (data/letters.json).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from bot.language.text import fold, normalise

# Names are written as one word or several: Fatima Zahra, Fatim-Zahra, Zine El Abidine.
_WIDEST = 4
# A name longer than this is none; what lies beyond is not read.
LONGEST = 200
_BREAK = re.compile(r"[\s\-‐‑–]+")
_NOT_LETTER = re.compile(r"[\W_]+")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]")
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_ARTICLE = "ال"
# Ben Omar is two words when the parent wrote two, though the list has Benomar as well.
_ALONE = frozenset({"ben", "بن"})


def _load(name: str) -> Any:
    return json.loads(Path(__file__).with_name("data").joinpath(name).read_text("utf-8"))


def _rules(pairs: list[list[str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), result) for pattern, result in pairs)


def _latin_key(text: str) -> str:
    return _NOT_LETTER.sub("", fold(text))


def _exact_key(text: str) -> str:
    """Arabic letters with their hamzas, without vowel signs, tatweel and spaces."""
    bare = "".join(char for char in normalise(text) if not unicodedata.combining(char))
    return _NOT_LETTER.sub("", bare.replace("ـ", ""))


class _Book:
    """The known names, from each script to the other; the first entry of a spelling counts."""

    def __init__(self, names: Mapping[str, Mapping[str, str]]) -> None:
        self.to_arab: dict[str, str] = {}
        self.to_latn: dict[str, str] = {}
        for kind in ("male", "female", "family"):
            for arab, spellings in names[kind].items():
                self._add(arab, spellings.split(", "))
        self.given = frozenset(
            key
            for kind in ("male", "female")
            for arab, spellings in names[kind].items()
            for key in (fold(arab).replace(" ", ""), *map(_latin_key, spellings.split(", ")))
        )

    def _add(self, arab: str, spellings: list[str]) -> None:
        for spelling in spellings:
            self.to_arab.setdefault(_latin_key(spelling), arab)
        self.to_latn[_exact_key(arab)] = spellings[0]
        self.to_latn.setdefault(_latin_key(arab), spellings[0])


_BOOK = _Book(_load("names.json"))
_LETTERS = _load("letters.json")
_TO_ARAB, _TO_LATN = _rules(_LETTERS["to_arab"]), _rules(_LETTERS["to_latn"])
_PARTICLE_ARAB: dict[str, str] = _LETTERS["particles"]
_PARTICLE_LATN = {fold(arab): latn.title() for latn, arab in reversed(_PARTICLE_ARAB.items())}
# Readings of the digits of Arabizi under which a listed name may be found.
_READINGS = tuple(
    str.maketrans({"7": "h", "5": "kh", "2": "", "9": kaf, "3": ain})
    for ain in ("", "a")
    for kaf in ("k", "q")
)


def is_given_name(text: str) -> bool:
    """Whether the words are one given name of the list, in either script and any spelling of it."""
    return _latin_key(text) in _BOOK.given


def transliterate(name: str, to: Literal["arab", "latn"]) -> str:
    """Propose the name in Arabic or Latin letters; words already in that script stay as they are.

    A proposal only: short vowels and twin letters (س/ص, ح/ه) are guessed where no list helps.
    """
    words = [word for word in _BREAK.split(normalise(name[:LONGEST])) if word]
    foreign = _LATIN if to == "arab" else _ARABIC
    return _joined(" ".join(_parts(words, to, foreign)))


def _parts(
    words: list[str], to: Literal["arab", "latn"], foreign: re.Pattern[str]
) -> Iterator[str]:
    """Convert the longest run of words that is a known name, then the words after it."""
    start = 0
    while start < len(words):
        if not foreign.search(fold(words[start])):
            yield words[start]
            start += 1
            continue
        widest = 1 if fold(words[start]) in _ALONE else _WIDEST
        for end in range(min(start + widest, len(words)), start, -1):
            known = _known(words[start:end], to)
            if known:
                yield known
                break
        else:
            end = start + 1
            yield _spelt(words[start], to)
        start = end


def _joined(text: str) -> str:
    """The article is written with its noun, once: ال العلوي is العلوي; Abd El X is one word."""
    text = re.sub(r"\bال (?:ال)?(?=\w)", _ARTICLE, text)
    return re.sub(r"\bAbd El (\w)", lambda found: "Abdel" + found[1].lower(), text)


def _known(words: list[str], to: Literal["arab", "latn"]) -> str | None:
    text = "".join(words)
    if to == "latn":
        return _BOOK.to_latn.get(_exact_key(text)) or _BOOK.to_latn.get(_latin_key(text))
    key = _latin_key(text)
    found = _BOOK.to_arab.get(key)
    if found or key.isalpha():
        return found
    readings = (_BOOK.to_arab.get(key.translate(reading)) for reading in _READINGS)
    return next((reading for reading in readings if reading), None)


def _spelt(word: str, to: Literal["arab", "latn"]) -> str:
    """One unknown word: a particle, an article before a name, or letter by letter."""
    if to == "arab":
        key = _latin_key(word)
        return _PARTICLE_ARAB.get(key) or _apply(_TO_ARAB, key) or word
    if fold(word) in _PARTICLE_LATN:
        return _PARTICLE_LATN[fold(word)]
    bare = _exact_key(word)
    if bare.startswith(_ARTICLE) and len(bare) > 4:
        rest = bare.removeprefix(_ARTICLE)
        return "El " + (_known([rest], to) or _apply(_TO_LATN, rest).capitalize())
    return _apply(_TO_LATN, bare).capitalize() or word


def _apply(rules: tuple[tuple[re.Pattern[str], str], ...], word: str) -> str:
    for pattern, result in rules:
        word = pattern.sub(result, word)
    return word
