"""Reads a text by known words: the key under which answers compare it, and the tables of words.

Every table of `data/` goes through the same key as the citizen's text, so that a word is found
whatever its accents, hamzas, case or apostrophes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bot.language import fold

_ARABIC = "\u0621-\u064a"
_GLUED = re.compile(f"(?<=[{_ARABIC}])(?=[0-9])|(?<=[0-9])(?=[{_ARABIC}])")
_SEPARATORS = re.compile(r"[',،;؛!()\[\]\"«»…]+")
_LAST_DOT = re.compile(r"\.(?=\s|$)")
_WORD = re.compile(r"[^\W_]+")


def key(text: str) -> str:
    """The text folded, quotes and commas as spaces, digits parted from Arabic letters (`ف3`)."""
    spaced = _SEPARATORS.sub(" ", fold(text))
    return " ".join(_GLUED.sub(" ", _LAST_DOT.sub(" ", spaced)).split())


def words(folded: str) -> list[str]:
    """The words of a key, signs left out."""
    return _WORD.findall(folded)


@cache
def table(name: str) -> Mapping[str, Any]:
    """A data file of this package, parsed once."""
    raw = files(__package__).joinpath("data", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(raw)


def lookup(entries: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """From every word's key to the name of the entry that lists it."""
    return {key(word): name for name, listed in entries.items() for word in listed}


def one_of(choices: Iterable[str]) -> str:
    """A pattern for any of these keys, the longest first, as whole words."""
    ordered = sorted({key(choice) for choice in choices}, key=len, reverse=True)
    inner = "|".join(re.escape(choice).replace(r"\ ", r"\s+") for choice in ordered)
    return rf"(?<!\w)(?:{inner})(?!\w)"


@cache
def _fillers() -> frozenset[str]:
    listed = table("fillers")["words"]
    return frozenset(word for phrase in listed for word in words(key(phrase)))


@cache
def _question() -> re.Pattern[str]:
    return re.compile(one_of(table("questions")["words"]) + r"|[?؟]")


def asks(text: str) -> bool:
    """Whether a text holds a question mark or a word that only questions use."""
    return bool(_question().search(key(text)))


def without_fillers(folded: str) -> list[str]:
    """The words that carry meaning: all but greetings, politeness and articles."""
    return [word for word in words(folded) if word not in _fillers()]
