"""Language, script and variety of what people write."""

from __future__ import annotations

import tomllib
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import detect, fold, normalise

GROUPS = tomllib.loads((Path(__file__).parent / "cases/detect.toml").read_text("utf-8"))
CASES = [
    pytest.param(*case, id=f"{name}:{case[0][:30]}")
    for name, group in GROUPS.items()
    for case in group["cases"]
]


@pytest.mark.parametrize(("text", "code", "script", "variety"), CASES)
def test_detect(text: str, code: str, script: str, variety: str) -> None:
    found = detect(text)
    assert (found.code, found.script, found.variety) == (code, script, variety)


def test_more_evidence_is_more_confidence() -> None:
    assert detect("chno").confidence < detect("chno lwra9 li khassni").confidence
    assert detect("merci").confidence < detect("merci je veux une copie").confidence


def test_a_name_in_arabic_letters_is_no_strong_sign() -> None:
    assert detect("إلياس").confidence <= 0.5 < detect("شنو خاصني").confidence


@given(st.text(st.characters(categories=None, exclude_categories=())))
def test_any_text_is_taken(text: str) -> None:
    found = detect(text)
    assert 0.0 <= found.confidence < 1.0
    assert (found.code == "und") == (found.variety == "none")


@pytest.mark.parametrize("text", ["a" * 10_000, "م" * 10_000, "ma" * 5_000 + "ch", "l" * 300 + "9"])
def test_long_words_take_no_long_time(text: str) -> None:
    start = perf_counter()
    detect(text)
    assert perf_counter() - start < 0.2


def test_reading_a_message_is_quick() -> None:
    """Well under 100 µs on the reference machine; the bound leaves room for a busy one."""
    text = "slt ma femme a accouché lundi d'un garçon a l'hopital de tem"
    fastest = min(_seconds(text) for _ in range(200))
    assert fastest < 400e-6


def _seconds(text: str) -> float:
    start = perf_counter()
    fold(normalise(text))
    detect(text)
    return perf_counter() - start
