"""Names are taken as written, questions are not names, and no odd input slips through."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.answers.name
import bot.language
from bot.answers.name import PARSERS, looks_like_question, split_full_name
from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed, Refused
from tests.support.catalogues import texts

CASES = tomllib.loads((Path(__file__).parent / "cases/names.toml").read_text("utf-8"))
CONTEXT = AnswerContext("fr", datetime(2026, 11, 22, 12, tzinfo=UTC))
ANY_TEXT = st.text(st.characters(categories=None, exclude_categories=()))
NAME_LIKE = st.text("abzéÏ'-. \n\u202e\u200f\u200b\ufe0f\ud800\x00379 اعليم٣😀؟/<", max_size=80)
INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _parse(kind: str, text: str) -> Parsed:
    return PARSERS[kind](text, CONTEXT)


@pytest.mark.parametrize(("kind", "text", "value"), CASES["accepted"], ids=ascii)
def test_a_name_is_taken_as_written(kind: str, text: str, value: str) -> None:
    assert _parse(kind, text) == Accepted(value)


@pytest.mark.parametrize(("kind", "text", "problem"), CASES["refused"], ids=ascii)
def test_what_cannot_be_a_name_is_refused_with_its_reason(
    kind: str, text: str, problem: str
) -> None:
    assert _parse(kind, text) == Refused(problem)


@pytest.mark.parametrize("text", CASES["not_an_answer"], ids=ascii)
@pytest.mark.parametrize("kind", PARSERS)
def test_a_question_is_no_name(kind: str, text: str) -> None:
    assert _parse(kind, text) == NotAnAnswer()


@pytest.mark.parametrize(("text", "given_name", "family", "script"), CASES["full"], ids=ascii)
def test_full_name_is_split(text: str, given_name: str, family: str, script: str) -> None:
    expected = {"given": given_name, "family": family or None, "script": script}
    assert _parse("full_name", text) == Accepted(expected)


def test_every_known_name_is_taken() -> None:
    """No word of talk may hide a real name."""
    path = Path(bot.language.__file__).with_name("data") / "names.json"
    names = json.loads(path.read_text("utf-8"))
    for kind in ("male", "female", "family"):
        for arab, latin in names[kind].items():
            for name in (arab, *latin.split(", ")):
                assert _parse("name", name) == Accepted(name)
                assert _parse("name", name.lower()) == Accepted(name.lower())


def test_questions_are_told_from_statements() -> None:
    assert looks_like_question("wach kayn lmaktab")
    assert looks_like_question("où est le bureau")
    assert not looks_like_question("fin novembre")
    assert not looks_like_question("ما عندي")
    assert not looks_like_question("Rabat svp")


def test_every_problem_has_a_sentence_in_both_languages() -> None:
    problems = {case[2] for case in CASES["refused"]}
    for language in ("ar", "fr"):
        assert problems <= set(dict(texts(language)))


@given(ANY_TEXT | NAME_LIKE, st.sampled_from(sorted(PARSERS)))
def test_no_input_raises_or_keeps_what_cannot_be_seen(text: str, kind: str) -> None:
    parsed = _parse(kind, text)
    if isinstance(parsed, Refused):
        assert parsed.problem.startswith("problem.name_")
    for value in _written(parsed):
        assert 0 < len(value) <= 60
        assert value == value.strip()
        assert not any(unicodedata.category(char) in INVISIBLE for char in value)
        assert any(map(str.isalpha, value))


def _written(parsed: Parsed) -> list[str]:
    if not isinstance(parsed, Accepted):
        return []
    value = parsed.value
    if isinstance(value, str):
        return [value]
    assert isinstance(value, dict)
    return [value["given"], *([value["family"]] if value["family"] else [])]


@given(st.text("abzAZ اعلن\u00a0'-", min_size=1, max_size=60))
def test_splitting_loses_no_word(text: str) -> None:
    given_name, family = split_full_name(text)
    assert sorted([*given_name.split(), *(family or "").split()]) == sorted(text.split())


@pytest.mark.parametrize("unit", ["a", "م", "😀", "\u202e", "Ilyas ", "٣", "s'", "smi", " "])
@pytest.mark.parametrize("kind", PARSERS)
def test_ten_thousand_characters_are_no_name(kind: str, unit: str) -> None:
    assert not isinstance(_parse(kind, (unit * 10_000)[:10_000]), Accepted)
