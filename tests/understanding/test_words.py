"""Cutting: entity boundaries fall on words, offsets are those of the text that came in."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.components.words import EMPTY, Lexicon, Match, cut, find

_TABLE = tomllib.loads((Path(__file__).parent / "cases" / "words.toml").read_text("utf-8"))
LEXICON = Lexicon.build({"city": _TABLE["known"]})


@pytest.mark.parametrize("case", _TABLE["case"], ids=lambda case: case["id"])
def test_cuts_into_words(case: dict[str, Any]) -> None:
    text = case["text"]
    assert [text[w.start : w.end] for w in cut(text, LEXICON)] == case["words"]


def test_leaves_clitics_attached_without_a_lexicon() -> None:
    assert [w.key for w in cut("فمستشفى", EMPTY)] == ["فمستشفي"]


def test_keys_ignore_accents_case_and_hamza() -> None:
    assert [w.key for w in cut("Témara", EMPTY)] == [w.key for w in cut("TEMARA", EMPTY)]
    assert cut("أكادير", EMPTY)[0].key == cut("اكادير", EMPTY)[0].key


def test_marks_the_longest_entry() -> None:
    lexicon = Lexicon.build({"place": ["دار", "دار الولادة"]})
    words = cut("فدار الولادة", lexicon)
    assert find(words, lexicon) == [Match("place", 1, 2)]
    assert [w.lookups for w in words] == [{"clitic"}, {"place:first"}, {"place:next"}]


def test_one_word_may_be_in_two_lookups() -> None:
    lexicon = Lexicon.build({"sex": ["ولد"], "given_name": ["ولد"]})
    assert cut("ولد", lexicon)[0].lookups == {"sex:first", "given_name:first"}


def test_lexicon_survives_storing() -> None:
    assert Lexicon.load(LEXICON.dump()) == LEXICON


@given(st.text(max_size=200))
def test_spans_are_in_order_and_inside_the_text(text: str) -> None:
    end = 0
    for word in cut(text, LEXICON):
        assert end <= word.start < word.end <= len(text)
        assert word.key
        end = word.end


@given(st.text(alphabet="فبلوكfblw مستشفىالرباط'،12/", max_size=40))
def test_no_letter_is_lost(text: str) -> None:
    kept = "".join(text[w.start : w.end] for w in cut(text, LEXICON))
    assert kept == "".join(text.split())
