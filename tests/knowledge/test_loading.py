"""A topic file that lacks something is refused by name, and a question finds the nearest answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot import knowledge
from bot.knowledge.model import answers_of, without_target

GOOD: dict[str, Any] = {
    "ar": " مجانا. ",
    "fr": "Gratuit.",
    "source": "law 37-99",
    "checked": date(2026, 11, 22),
    "confidence": "H",
    "next": ["do:agent", "ask:fees/general"],
}


def test_a_good_table_is_an_answer_by_its_full_topic() -> None:
    answer = answers_of("fees", {"general": GOOD})["fees/general"]
    assert (answer.ar, answer.next_steps) == ("مجانا.", ("do:agent", "ask:fees/general"))


@pytest.mark.parametrize("field", sorted(GOOD))
def test_a_missing_field_is_named(field: str) -> None:
    table = {name: value for name, value in GOOD.items() if name != field}
    with pytest.raises(knowledge.TopicError, match=rf"fees/general lacks {field}"):
        answers_of("fees", {"general": table})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ar": "  "}, "empty ar"),
        ({"source": ""}, "empty source"),
        ({"checked": "2026-11-22"}, "checked that is not a date"),
        ({"confidence": "X"}, "confidence that is not one of HILM"),
        ({"next": "do:agent"}, "next that is not a list"),
        ({"next": ["do:dance"]}, "unknown shape: do:dance"),
        ({"next": ["ask:fees"]}, "unknown shape: ask:fees"),
        ({"en": "Free."}, "unknown field en"),
    ],
)
def test_a_bad_field_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(knowledge.TopicError, match=said):
        answers_of("fees", {"general": GOOD | change})


def test_a_value_outside_a_table_is_refused() -> None:
    with pytest.raises(knowledge.TopicError, match="fees/ar is not a table"):
        answers_of("fees", GOOD)


def test_a_step_to_nowhere_is_found() -> None:
    answers = answers_of("deadline", {"general": GOOD})
    assert without_target(answers) == ["deadline/general -> ask:fees/general"]
    assert without_target(answers | answers_of("fees", {"general": GOOD})) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("procedure_birth/fee", "procedure_birth/fee"),
        ("fees", "fees/general"),
        ("procedure_death/unheard_of", "procedure_death/general"),
        ("procedure_birth", "procedure_birth/documents"),
        ("weather", None),
    ],
)
def test_a_question_finds_the_nearest_answer(asked: str, found: str | None) -> None:
    assert knowledge.exact(asked) == found
    assert knowledge.has(asked) is (found is not None)


def test_each_language_gets_its_own_text() -> None:
    answer = knowledge.all_answers()["procedure_birth/fee"]
    assert knowledge.short("procedure_birth/fee", "ar") == answer.ar
    assert knowledge.short("procedure_birth/fee", "fr") == answer.fr


def test_an_unknown_topic_has_no_text() -> None:
    with pytest.raises(KeyError, match=r"knowledge\.no_topic: weather"):
        knowledge.short("weather", "fr")


def test_a_long_answer_is_a_message_of_its_own() -> None:
    assert not knowledge.is_long("procedure_family_booklet/fee", "ar")
    assert knowledge.is_long("procedure_death/general", "ar")
