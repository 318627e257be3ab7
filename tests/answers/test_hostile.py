"""Whatever is typed or pasted: no parser raises, takes rubbish, or holds up a turn."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import KINDS, parse
from bot.answers.result import Accepted, Ambiguous, AnswerContext, NotAnAnswer, Refused

CONTEXT = AnswerContext("fr", datetime(2025, 11, 21, 10, tzinfo=ZoneInfo("Africa/Casablanca")))
SIGNS = (
    "\u202a\u202e\u2066\u2069\u200b\u200d\ufeff\x00\x1b\ud800\udfff😀🇲🇦٪؟?!/\\.,-_ \n\t\u0640\u0651"
)
INVISIBLE = set("\u202a\u202e\u2066\u2069\u200b\ufeff\x00\x1b")
RUBBISH = st.text(st.sampled_from(SIGNS), max_size=60)
TYPED = st.text(
    st.one_of(st.sampled_from(SIGNS + "0123٤٥AB oui نعم hier"), st.characters()), max_size=80
)
LONG = ("0" * 10_000, "ا" * 10_000, "3 " * 5_000, "a1" * 5_000, "il y a " * 1_500, "/" * 10_000)
LONGEST = ("sidi " * 60, "3 11 " * 60, "dar " * 75, "بني " * 75, "il y a " * 42, "فال" * 100)
SLOWEST_SECONDS = 0.02


def strings(value: Any) -> list[str]:
    parts = value.values() if isinstance(value, dict) else [value]
    return [part for part in parts if isinstance(part, str)]


@given(text=TYPED)
def test_no_text_breaks_a_parser(text: str) -> None:
    for kind in KINDS:
        parsed = parse(kind, text, CONTEXT)
        assert isinstance(parsed, Accepted | Ambiguous | Refused | NotAnAnswer)
        for value in strings(parsed.value) if isinstance(parsed, Accepted) else []:
            assert value.encode("utf-8")
            assert value == value.strip()
            assert not set(value) & INVISIBLE


@given(text=RUBBISH)
def test_signs_alone_are_never_an_answer(text: str) -> None:
    for kind in KINDS:
        assert isinstance(parse(kind, text, CONTEXT), Refused | NotAnAnswer), kind


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:6])
def test_a_flood_is_refused_at_once(kind: str, text: str) -> None:
    parse(kind, "3 novembre", CONTEXT)  # tables are read on first use
    fastest = min(_seconds(kind, text) for _ in range(3))
    assert isinstance(parse(kind, text, CONTEXT), Refused | NotAnAnswer)
    assert fastest < SLOWEST_SECONDS


def _seconds(kind: str, text: str) -> float:
    started = time.perf_counter()
    parse(kind, text, CONTEXT)
    return time.perf_counter() - started


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("text", LONGEST, ids=lambda text: text[:6])
def test_the_longest_text_that_is_read_is_read_fast(kind: str, text: str) -> None:
    parse(kind, "3 novembre", CONTEXT)
    assert min(_seconds(kind, text) for _ in range(3)) < SLOWEST_SECONDS


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "\u202a3/11/2025\u202c", "2025-11-03"),
        ("cnie", "\u2066AB\u200b123456\u2069", "AB123456"),
        ("yes_no", "\ufeffنعم\u200f", True),
        ("commune", "Te\u0301mara\u00a0", "04.501.01.07"),
        ("text", "rue \x00Atlas\ud800", "rue Atlas"),
    ],
)
def test_invisible_signs_do_not_spoil_an_answer(kind: str, text: str, value: object) -> None:
    assert parse(kind, text, CONTEXT) == Accepted(value)  # type: ignore[arg-type]
