"""Which language, script and variety a message is written in.

Counts words that only one variety uses (data/markers.json), then word shapes for the words no list
knows: a list of marker words stays right on two words, where letter statistics do not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.language.text import fold

Code = Literal["ar", "fr", "und"]
Script = Literal["arab", "latn", "mixed", "none"]
Variety = Literal["msa", "darija", "arabizi", "fr", "mixed", "none"]

STRONG, WEAK, SHAPE = 1.0, 0.4, 0.7
# Beyond this many characters the language of a text no longer changes.
LONGEST = 600
_WORDS = re.compile("([\u0620-\u065f\u066e-\u06d3\u06d5-\u06ff]+)|([a-z0-9]+)")
_LETTER = re.compile("[a-z]")


@dataclass(frozen=True)
class Detected:
    """`code` is the language to answer in; `und` when a text shows none (digits, a name).

    `mixed` as a variety is code-switching: both languages carry words of their own in the text.
    """

    code: Code
    script: Script
    variety: Variety
    confidence: float


@dataclass(frozen=True)
class _Side:
    """The marker words of one variety with their weights, and the shapes of its other words."""

    weights: Mapping[str, float]
    shape: re.Pattern[str] | None

    def score(self, word: str) -> float:
        weight = self.weights.get(word)
        if weight is not None:
            return weight
        return SHAPE if self.shape is not None and self.shape.search(word) else 0.0


def _words(lines: Iterable[str]) -> Iterator[str]:
    return (fold(word) for line in lines for word in line.split())


def _side(data: Mapping[str, Any]) -> _Side:
    weights = dict.fromkeys(_words(data.get("weak", ())), WEAK)
    weights.update(dict.fromkeys(_words(data["strong"]), STRONG))
    shape = data.get("pattern")
    return _Side(weights, re.compile(shape) if shape else None)


_DATA = json.loads(Path(__file__).with_name("data").joinpath("markers.json").read_text("utf-8"))
_DARIJA, _MSA, _ARABIZI, _FRENCH = (
    _side(_DATA[name]) for name in ("darija", "msa", "arabizi", "fr")
)
_MSA_PHRASES = tuple(f" {fold(phrase)} " for phrase in _DATA["msa"]["phrases"])
_GREETING = frozenset(_words(_DATA["greeting"]))
# Greetings and towns are written alike in every Latin-script variety.
_NEUTRAL = frozenset(_words(_DATA["neutral"])) | _GREETING


def detect(text: str) -> Detected:
    """Tell language, script and variety; never raises. Names and numbers alone give `und` or a low
    confidence, so that they do not change the language of a conversation."""
    folded = fold(text[:LONGEST])
    arab, latn = [], []
    for found in _WORDS.finditer(folded):
        if found[1]:
            arab.append(found[1])
        elif _LETTER.search(found[2]):
            latn.append(found[2])
    if arab and latn:
        return _both_scripts(folded, arab, latn)
    if arab:
        return _arabic(folded, arab)
    return _latin(latn) if latn else Detected("und", "none", "none", 0.0)


def _both_scripts(folded: str, arab: list[str], latn: list[str]) -> Detected:
    """Latin letters within Arabic are code-switching only when they are words, not a name."""
    first, second = _arabic(folded, arab), _latin(latn)
    if second.code == "und":
        return Detected("ar", "mixed", first.variety, first.confidence)
    if second.variety == "arabizi":
        return Detected("ar", "mixed", "darija", first.confidence)
    if second.variety == "fr" and first.confidence <= 0.5 and len(latn) > 2 * len(arab):
        return Detected("fr", "mixed", "fr", second.confidence)
    code: Code = "ar" if len(arab) >= len(latn) else "fr"
    return Detected(code, "mixed", "mixed", _sure(1 + abs(len(arab) - len(latn)) / 2))


def _arabic(folded: str, words: list[str]) -> Detected:
    darija = sum(map(_darija_score, words))
    msa = sum(_with_prefix(_MSA, word) for word in words)
    msa += sum(2.0 for phrase in _MSA_PHRASES if phrase in f" {folded} ")
    if max(darija, msa) < WEAK:
        return Detected("ar", "arab", "msa", 0.5)
    # Darija shares the vocabulary of the written language; its own words are the evidence.
    if (darija >= 1 and darija >= 0.5 * msa) or darija > msa:
        return Detected("ar", "arab", "darija", _sure(darija))
    return Detected("ar", "arab", "msa", _sure(msa - darija / 2))


def _darija_score(word: str) -> float:
    weight = _with_prefix(_DARIJA, word)
    return 0.0 if word in _MSA.weights and weight < STRONG else weight


def _with_prefix(side: _Side, word: str) -> float:
    """Arabic writes and, in, by, for together with the word that follows."""
    weight = side.weights.get(word)
    if weight is None and len(word) > 3 and word[0] in "وفبل":
        weight = side.weights.get(word[1:])
    return side.score(word) if weight is None else weight


def _latin(words: list[str]) -> Detected:
    arabizi = french = 0.0
    for word in words:
        if word not in _NEUTRAL:
            for_arabizi, for_french = _rival_scores(word)
            arabizi, french = arabizi + for_arabizi, french + for_french
    least, most = sorted((arabizi, french))
    if most < WEAK:
        return _without_marker(words)
    if _switches(least, most):
        # Who says bghit speaks Darija, however many French nouns follow.
        return Detected("ar" if arabizi >= STRONG else "fr", "latn", "mixed", _sure(least))
    if arabizi >= french:
        return Detected("ar", "latn", "arabizi", _sure(arabizi - french / 2))
    return Detected("fr", "latn", "fr", _sure(french - arabizi / 2))


def _without_marker(words: list[str]) -> Detected:
    """Salam alone leans to Arabic; a name or a town alone shows no language."""
    if not _GREETING.isdisjoint(words):
        return Detected("ar", "latn", "arabizi", 0.55)
    return Detected("und", "latn", "none", 0.0)


def _switches(least: float, most: float) -> bool:
    """Code-switching: a whole word of the lesser language in a short text, a quarter of a long."""
    return (least >= STRONG and least >= 0.25 * most) or (least >= SHAPE and least >= 0.6 * most)


def _rival_scores(word: str) -> tuple[float, float]:
    """A listed word speaks for its list alone; a shape counts only for words in neither list."""
    listed = _ARABIZI.weights.get(word), _FRENCH.weights.get(word)
    if listed != (None, None):
        return listed[0] or 0.0, listed[1] or 0.0
    arabizi = _ARABIZI.score(word)
    return arabizi, 0.0 if arabizi else _FRENCH.score(word)


def _sure(evidence: float) -> float:
    """More evidence, more confidence: 0.4 → 0.61, 1 → 0.75, 2 → 0.83, 5 → 0.92."""
    return round(0.5 + 0.5 * evidence / (evidence + 1), 2)
