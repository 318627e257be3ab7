"""Reading held-out sentences and scoring answers to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.messages import Entity, Understood
from integrations.understanding.held_out import Example, f1_by_intent, read_examples, score

FILE = """
version: "3.1"
nlu:
- intent: declare_birth
  examples: |
    - [مراتي]{"entity": "relation"} ولدات [ولد](sex)
    - né hier
- intent: procedure_birth/documents
  examples: |
    - quels papiers
- lookup: city
  examples: |
    - rabat
"""


def understood(intent: str, *entities: Entity, topic: str | None = None) -> Understood:
    return Understood(intent, topic or intent, 0.9, entities)


def example(topic: str, *entities: tuple[str, str | None, str]) -> Example:
    return Example("x", topic, frozenset(entities))


def test_reads_sentences_without_their_annotation(tmp_path: Path) -> None:
    path = tmp_path / "fr.yml"
    path.write_text(FILE, "utf-8")
    first, second, third = read_examples(path)
    assert first.text == "مراتي ولدات ولد"
    assert first.entities == {("relation", None, "مراتي"), ("sex", None, "ولد")}
    assert (second.text, second.entities) == ("né hier", frozenset())
    assert (third.intent, third.topic) == ("procedure_birth", "procedure_birth/documents")


def test_scores_what_was_understood() -> None:
    result = score(
        [
            (example("greet"), understood("greet")),
            (example("fees"), understood("greet")),
            (example("out_of_scope"), understood("out_of_scope")),
            (example("out_of_scope"), understood("fees")),
        ]
    )
    assert (result.sentences, result.accuracy, result.out_of_scope_recall) == (4, 0.5, 0.5)
    assert result.macro_f1 == pytest.approx((2 / 3 + 0 + 2 / 3) / 3)
    assert (result.topic_accuracy, result.entity_f1) == (None, None)


def test_a_right_intent_with_a_wrong_topic_is_told() -> None:
    said = understood("procedure_birth", topic="procedure_birth/fee")
    result = score([(example("procedure_birth/documents"), said)])
    assert (result.accuracy, result.topic_accuracy) == (1.0, 0.0)


def test_an_entity_counts_only_with_its_kind_role_and_text() -> None:
    expected = example("declare_birth", ("sex", None, "ولد"), ("given_name", "child", "يحيى"))
    found = (Entity("sex", "ولد"), Entity("given_name", "يحيى"))
    result = score([(expected, understood("declare_birth", *found))])
    assert result.entity_f1 == 0.5


def test_sentences_without_annotation_say_nothing_about_entities() -> None:
    pairs = [(example("greet"), understood("greet", Entity("sex", "ولد")))]
    assert score(pairs).entity_f1 is None


def test_an_intent_never_expected_has_no_f1_of_its_own() -> None:
    pairs = [(example("fees"), understood("greet")), (example("fees"), understood("fees"))]
    assert f1_by_intent(pairs) == {"fees": pytest.approx(2 / 3)}
