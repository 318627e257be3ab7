"""The answers themselves: complete, short, the same in both languages, and never a thing that may
not be said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import knowledge
from tests.knowledge import checks

ANSWERS = [pytest.param(answer, id=topic) for topic, answer in knowledge.all_answers().items()]
NLU_DATA = Path(__file__).parents[2] / "nlu_data"
EXPECTED = (Path(__file__).parent / "expected.txt").read_text("utf-8").split()
every_answer = pytest.mark.parametrize("answer", ANSWERS)


def test_every_expected_answer_exists() -> None:
    assert sorted(set(EXPECTED) - set(knowledge.all_answers())) == []


def test_every_question_that_can_be_understood_has_its_own_answer() -> None:
    text = "".join(path.read_text("utf-8") for path in NLU_DATA.glob("*/*.yml"))
    asked = set(re.findall(r"intent: (procedure_\w+/\w+)", text))
    assert asked
    assert sorted(asked - set(knowledge.all_answers())) == []


@every_answer
def test_was_not_checked_in_the_future(answer: knowledge.Answer) -> None:
    assert answer.checked <= datetime.now(UTC).date()


@every_answer
@pytest.mark.parametrize("language", ["ar", "fr"])
def test_fits_the_sms_limit(answer: knowledge.Answer, language: str) -> None:
    assert checks.too_long(getattr(answer, language), language) == []


@every_answer
@pytest.mark.parametrize(
    "check", [checks.forbidden_words, checks.forbidden_statements, checks.unknown_contacts]
)
def test_says_nothing_forbidden(
    answer: knowledge.Answer, check: Callable[[str], list[str]]
) -> None:
    assert check(answer.ar) + check(answer.fr) == []


@every_answer
def test_tells_the_same_in_both_languages(answer: knowledge.Answer) -> None:
    assert checks.different_numbers(answer.ar, answer.fr) == []
    assert checks.different_spans(answer.ar, answer.fr) == []


@every_answer
def test_shows_its_digits_in_order(answer: knowledge.Answer) -> None:
    assert checks.turned_round(answer.ar) == []


@every_answer
def test_offers_one_to_three_other_steps(answer: knowledge.Answer) -> None:
    steps = answer.next_steps
    assert 1 <= len(set(steps)) == len(steps) <= 3
    assert f"ask:{answer.topic}" not in steps


@pytest.mark.parametrize("topic", ["procedure_birth/stillbirth", "procedure_birth/late"])
def test_no_declaration_is_offered_where_none_is_taken(topic: str) -> None:
    assert "do:start_declare_birth" not in knowledge.next_steps(topic)


def test_a_bereaved_person_is_offered_nothing_about_a_birth() -> None:
    about_death = [t for t in knowledge.all_answers() if t.startswith("procedure_death/")]
    steps = [step for topic in about_death for step in knowledge.next_steps(topic)]
    assert steps
    assert [step for step in steps if "birth" in step] == []
