"""Consonants: what two spellings of one word share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import fold
from bot.understanding.components.sound import consonants


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ولدات", "weldat"),
        ("مراتي", "mrati"),
        ("نسجل", "nsejjel"),
        ("البارح", "lbare7"),
        ("ختي", "khti"),
        ("الأوراق", "lawra9"),
        ("شنو", "chno"),
        ("nsejel", "nsjl"),
    ],
)
def test_two_spellings_sound_alike(one: str, other: str) -> None:
    assert consonants(fold(one)) == consonants(fold(other))


@pytest.mark.parametrize(("one", "other"), [("ولد", "بنت"), ("mort", "né"), ("12", "13")])
def test_different_words_do_not(one: str, other: str) -> None:
    assert consonants(fold(one)) != consonants(fold(other))


@given(st.text(max_size=50))
def test_there_is_always_something(text: str) -> None:
    assert consonants(fold(text))
