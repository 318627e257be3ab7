"""The rival is set up under the conditions it was first measured under."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from bench.stock_rasa import talks
from bench.stock_rasa.generate import domain, generate, nlu


def test_thirteen_intents_of_forty_sentences() -> None:
    sentences = {row["intent"]: row["examples"].splitlines() for row in nlu()["nlu"]}
    assert len(sentences) == 13
    assert {len(set(rows)) for rows in sentences.values()} == {40}
    assert nlu() == nlu()


def test_ten_slots_in_two_languages() -> None:
    made = domain()
    asked = made["forms"]["birth_form"]["required_slots"]
    assert len(asked) == 10
    assert all(len(made["responses"][f"utter_ask_{slot}"]) == 2 for slot in asked)


@pytest.mark.parametrize(("variant", "has_stories"), [("a", True), ("b", False)])
def test_project(tmp_path: Path, variant: str, has_stories: bool) -> None:
    folder = tmp_path / "project"
    generate(folder, variant)
    rules: list[dict[str, Any]] = json.loads(
        (folder / "data" / "rules.yml").read_text("utf-8").partition("rules: ")[2]
    )
    known = set(domain()["responses"]) | {"birth_form", "action_submit_birth"}
    done = {step["action"] for rule in rules for step in rule["steps"] if "action" in step}
    assert done - known == {"action_deactivate_loop"}
    assert (folder / "data" / "stories.yml").exists() == has_stories
    assert (folder / "actions" / "__init__.py").exists()


def test_there_is_no_third_variant(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        generate(tmp_path / "project", "c")


@pytest.mark.parametrize(("kind", "turns"), [("form", 11), ("faq", 20), ("mixed", 17)])
def test_talks_are_as_long_as_ours_were(kind: str, turns: int) -> None:
    first, second = itertools.islice(talks.talks(kind), 2)
    assert len(first) == len(second) == turns


def test_a_long_talk_has_two_hundred_turns() -> None:
    assert len(next(talks.talks("long"))) == 200
    with pytest.raises(KeyError):
        talks.talks("dance")
