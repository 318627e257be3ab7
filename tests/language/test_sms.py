"""Segments as the operator counts them, and French that stays in the cheap alphabet."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import is_gsm7, segments, to_gsm7_french
from bot.language.sms import BASIC, EXTENSION

FOLDER = Path(__file__).parent / "cases"
COUNTS = tomllib.loads((FOLDER / "segments.toml").read_text("utf-8"))["cases"]
PLAIN = tomllib.loads((FOLDER / "text.toml").read_text("utf-8"))["to_gsm7_french"]
CODEC = gsm0338.Codec()
FRENCH = "abcxyzABCXYZéèêëàâäçîïôöûùüœæÉÈÊËÀÂÇÎÏÔÛÙÜŒÆ «»“”‘’'\"–—…\u00a0\u202f.,:;!?0123456789°€\n"


@pytest.mark.parametrize("case", COUNTS, ids=lambda case: f"{case['text']}x{case.get('times', 1)}")
def test_segments(case: dict[str, Any]) -> None:
    found = segments(case["text"] * case.get("times", 1))
    expected = (case["encoding"], case["segments"], case["units"])
    assert (found.encoding, found.segments, found.units) == expected


def test_one_arabic_letter_makes_the_whole_message_ucs2() -> None:
    assert segments("a" * 100).segments == 1
    assert segments("a" * 100 + "م").encoding == "UCS-2"
    assert segments("a" * 100 + "م").segments == 2


def test_the_alphabet_is_that_of_the_standard() -> None:
    assert len(set(BASIC)) == 127
    for char in map(chr, range(0x110000)):
        if char == "\x1b" or 0xD800 <= ord(char) <= 0xDFFF:
            continue
        cost = 1 if char in BASIC else 2 if char in EXTENSION else 0
        assert cost == _septets(char), f"U+{ord(char):04X}"


def _septets(char: str) -> int:
    try:
        return len(CODEC.encode(char)[0])
    except UnicodeError:
        return 0


@given(st.text(st.characters(categories=None, exclude_categories=())))
def test_no_part_is_longer_than_its_limit(text: str) -> None:
    found = segments(text)
    alone, each = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    least = min(len(text), 1) if found.units <= alone else math.ceil(found.units / each)
    # A pair that may not be split costs at most one unit of each part.
    most = min(len(text), 1) if found.units <= alone else math.ceil(found.units / (each - 1))
    assert least <= found.segments <= most
    if found.encoding == "UCS-2":
        assert found.units == len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize(("text", "expected"), PLAIN, ids=repr)
def test_to_gsm7_french(text: str, expected: str) -> None:
    assert to_gsm7_french(text) == expected


@given(st.text(FRENCH))
def test_french_always_becomes_gsm7(text: str) -> None:
    plain = to_gsm7_french(text)
    assert is_gsm7(plain)
    assert to_gsm7_french(plain) == plain


@given(st.text(st.characters(categories=None, exclude_categories=())))
def test_any_text_is_taken(text: str) -> None:
    to_gsm7_french(text)


def test_ten_thousand_letters_are_counted_not_cut() -> None:
    assert segments("a" * 10_000).segments == math.ceil(10_000 / 153)
