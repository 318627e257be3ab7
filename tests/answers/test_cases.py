"""Every kind of answer against its table: accepted, refused, unsure, or no answer at all."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.answers import KINDS, parse
from bot.answers.result import Accepted, Ambiguous, AnswerContext, NotAnAnswer, Parsed, Refused

NOW = datetime(2025, 11, 21, 10, tzinfo=ZoneInfo("Africa/Casablanca"))
CASES = Path(__file__).parent / "cases"
KINDS_OF_NAMES = {"full_name", "name", "name_ar", "name_latin"}  # their table is names.toml
KINDS_HERE = sorted(KINDS - KINDS_OF_NAMES)
PARTS = {
    "place": ("kind", "name", "commune", "country"),
    "identity": ("kind", "number", "country"),
}


def table(kind: str) -> dict[str, Any]:
    return tomllib.loads((CASES / f"{kind}.toml").read_text("utf-8"))


def full(kind: str, value: Any) -> Any:
    """A value as the parser gives it: TOML has no null, so absent parts are None."""
    return {part: value.get(part) for part in PARTS[kind]} if isinstance(value, dict) else value


def rows(outcome: str) -> list[Any]:
    return [
        pytest.param(kind, text, expected, id=f"{kind}-{text[:40]}")
        for kind in KINDS_HERE
        for text, expected in table(kind)[outcome]
    ]


def read(kind: str, text: str) -> Parsed:
    parsed = parse(kind, text, AnswerContext("fr", NOW))
    assert parse(kind, text, AnswerContext("ar", NOW)) == parsed or not isinstance(parsed, Accepted)
    return parsed


@pytest.mark.parametrize(("kind", "text", "value"), rows("accepted"))
def test_accepts_what_people_type(kind: str, text: str, value: Any) -> None:
    assert read(kind, text) == Accepted(full(kind, value))


@pytest.mark.parametrize(("kind", "text", "problem"), rows("refused"))
def test_refuses_with_the_reason(kind: str, text: str, problem: str) -> None:
    parsed = read(kind, text)
    assert isinstance(parsed, Refused)
    assert parsed.problem == problem


@pytest.mark.parametrize(("kind", "text", "values"), rows("ambiguous"))
def test_offers_every_reading(kind: str, text: str, values: list[Any]) -> None:
    parsed = read(kind, text)
    assert isinstance(parsed, Ambiguous)
    assert [candidate.value for candidate in parsed.candidates] == [full(kind, v) for v in values]
    labels = [candidate.label for candidate in parsed.candidates]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind in KINDS_HERE for text in table(kind)["not_answers"]]
)
def test_leaves_other_talk_to_understanding(kind: str, text: str) -> None:
    assert read(kind, text) == NotAnAnswer()


@pytest.mark.parametrize("kind", KINDS_HERE)
def test_each_kind_has_both_successes_and_failures(kind: str) -> None:
    cases = table(kind)
    assert cases["accepted"]
    assert cases["refused"] or cases["not_answers"]


def test_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        parse("colour", "rouge", AnswerContext("fr", NOW))
