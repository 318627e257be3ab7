"""Stores conversations at five stages of a birth, once per release:
`python -m tests.upgrades.stages 0.2.0` before it is tagged. What is stored is never edited."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.dialogue.births import ARABIC, declares_birth, filled, opened, submitted
from tests.support.phone import Phone

FOLDER = Path(__file__).parent / "snapshots"


def _notice() -> Phone:
    phone = Phone(understand=declares_birth())
    phone.say("je veux déclarer une naissance")
    return phone


def _questions() -> Phone:
    phone = opened("ar")
    for question in ("declarant_capacity", "birth_date", "birth_place", "child_sex"):
        phone.say(ARABIC[question])
    return phone


def _which() -> Phone:
    phone = opened("fr")
    phone.say("1")
    phone.say("hier ou avant-hier")
    return phone


def _completing() -> Phone:
    phone = submitted("fr")
    phone.say("1")
    phone.say("passer")
    return phone


STAGES: dict[str, Callable[[], Phone]] = {
    "notice": _notice,
    "questions": _questions,
    "which": _which,
    "review": lambda: filled("ar"),
    "completing": _completing,
}


def store(release: str) -> None:
    """Write the five snapshots of a release, as JSON of `State.dump()` and `Draft.dump()`."""
    for stage, reach in STAGES.items():
        phone = reach()
        assert phone.draft is not None
        stored = {"state": phone.state.dump(), "draft": phone.draft.dump()}
        text = json.dumps(stored, ensure_ascii=False, indent=1, sort_keys=True)
        (FOLDER / f"{release}-{stage}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    store(sys.argv[1])
