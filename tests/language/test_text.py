"""Cleaning and comparing: the same text typed on any telephone gives the same key."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import digits, fold, normalise, without_invisible

CASES = tomllib.loads((Path(__file__).parent / "cases/text.toml").read_text("utf-8"))
# Any code point, lone surrogates included.
ANY_TEXT = st.text(st.characters(categories=None, exclude_categories=()))


@pytest.mark.parametrize(("text", "expected"), CASES["normalise"], ids=repr)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(("text", "expected"), CASES["fold"], ids=repr)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_fold_keeps_different_names_apart() -> None:
    assert fold("حسن") != fold("حسين")
    assert fold("Amine") != fold("Amina")


def test_digits_leaves_letters_alone() -> None:
    assert digits("٠١ A é ب") == "01 A é ب"


@given(ANY_TEXT)
def test_normalise_is_idempotent_and_draws_everything(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once.isprintable()
    assert unicodedata.is_normalized("NFC", once)


@given(ANY_TEXT)
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_spelling_of_spaces_and_case_does_not_matter(text: str) -> None:
    assert fold(f"  {text}\u200f ") == fold(text)


def test_without_invisible_takes_lone_surrogates_and_parts_lines() -> None:
    assert without_invisible("Sara\nLina\ud800\u2066") == "Sara Lina"
