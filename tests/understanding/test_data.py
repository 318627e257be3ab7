"""The training data agrees with domain.yml, and no sentence is taught two meanings."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from bot.language import fold
from bot.understanding.components.meanings import Meanings
from integrations.understanding.held_out import read_examples

CHECKOUT = Path(__file__).parents[2]
VARIETIES = ("msa", "darija", "arabizi", "fr", "mixed")
DOMAIN = yaml.safe_load((CHECKOUT / "bot/understanding/domain.yml").read_text("utf-8"))
FILES = [path for v in VARIETIES for path in sorted((CHECKOUT / "nlu_data" / v).glob("*.yml"))]
HELD_OUT = sorted((CHECKOUT / "nlu_data/held_out").glob("*.yml"))


def declared_entities() -> set[tuple[str, str | None]]:
    declared: set[tuple[str, str | None]] = set()
    for entry in DOMAIN["entities"]:
        if isinstance(entry, str):
            declared.add((entry, None))
            continue
        [(kind, options)] = entry.items()
        declared |= {(kind, role) for role in [None, *options["roles"]]}
    return declared


@pytest.mark.parametrize("path", FILES + HELD_OUT, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_file_teaches_what_the_domain_declares(path: Path) -> None:
    examples = list(read_examples(path))
    assert examples
    assert {e.intent for e in examples} <= set(DOMAIN["intents"])
    assert {(kind, role) for e in examples for kind, role, _ in e.entities} <= declared_entities()


def test_every_intent_is_taught_in_every_variety() -> None:
    taught: dict[str, set[str]] = defaultdict(set)
    for path in FILES:
        taught[path.parent.name] |= {e.intent for e in read_examples(path)}
    missing = {v: sorted(set(DOMAIN["intents"]) - taught[v]) for v in VARIETIES}
    assert missing == {v: [] for v in VARIETIES}


def test_no_sentence_is_taught_two_intents() -> None:
    intents: dict[str, set[str]] = defaultdict(set)
    for path in FILES:
        for example in read_examples(path):
            intents[fold(example.text)].add(example.intent)
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}


def test_no_held_out_sentence_is_taught() -> None:
    taught = {fold(e.text) for path in FILES for e in read_examples(path)}
    held_out = {fold(e.text) for path in HELD_OUT for e in read_examples(path)}
    assert len(held_out) > 0
    assert held_out & taught == set()


def concepts() -> dict[str, list[str]]:
    blocks = yaml.safe_load((CHECKOUT / "nlu_data/lookups/concepts.yml").read_text("utf-8"))["nlu"]
    return {b["regex"]: [line[2:].strip() for line in b["examples"].splitlines()] for b in blocks}


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("ولدات", "c_birth"),
        ("weldat", "c_birth"),
        ("accouché", "c_birth"),
        ("الوفاة", "c_death"),
        ("nsejel", "c_declare"),
        ("نسجل", "c_declare"),
        ("lwra9", "c_papers"),
        ("consulat", "c_abroad"),
    ],
)
def test_a_meaning_is_found_in_each_spelling(word: str, meaning: str) -> None:
    assert meaning in Meanings(concepts()).of(fold(word))


@pytest.mark.parametrize("word", ["weld", "fait", "السلام", "x" * 500])
def test_a_word_of_another_meaning_is_no_birth(word: str) -> None:
    assert "c_birth" not in Meanings(concepts()).of(fold(word))


def test_patterns_are_written_in_folded_letters() -> None:
    letters = "".join(pattern for patterns in concepts().values() for pattern in patterns)
    assert re.sub(r"\\w", "", letters) == fold(re.sub(r"\\w", "", letters))
