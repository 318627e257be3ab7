"""A conversation stored by an earlier release goes on in this one, to its reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.arriving import bring_up
from bot.dialogue.effects import SubmitDeclaration
from bot.dialogue.messages import Facts, Inbound
from bot.dialogue.state import Draft, State
from bot.dialogue.turn import Turn
from bot.flows import flow_named
from tests.dialogue.births import ARABIC, FRENCH, YES, reads
from tests.support.phone import Phone
from tests.upgrades.stages import STAGES

SNAPSHOTS = sorted((Path(__file__).parent / "snapshots").glob("*.json"))
MOVED = {"fr": "mis à jour", "ar": "تم تحديث الخدمة"}


def stored(name: str) -> dict[str, Any]:
    """A snapshot of the first release."""
    path = Path(__file__).parent / "snapshots" / f"0.1.0-{name}.json"
    return dict(json.loads(path.read_text("utf-8")))


def taken_up(snapshot: dict[str, Any]) -> Phone:
    """A phone whose conversation stands where the snapshot was stored."""
    phone = Phone(understand=reads())
    phone.state = State.load(snapshot["state"])
    phone.draft = Draft.load(snapshot["draft"])
    return phone


def play_on(phone: Phone) -> str:
    """Answer whatever is asked until the reference is there; the reference."""
    language = phone.state.language
    answers = FRENCH if language == "fr" else ARABIC
    for _ in range(14):
        assert phone.draft is not None
        if phone.draft.reference:
            return phone.draft.reference
        phone.say(answers.get(phone.state.asked, YES[language]))
    raise AssertionError(f"no reference, stands at {phone.state.at}")


def test_every_stage_is_stored() -> None:
    assert {path.stem.partition("-")[2] for path in SNAPSHOTS} == set(STAGES)


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_a_stored_conversation_is_played_to_its_reference(path: Path) -> None:
    assert len(play_on(taken_up(json.loads(path.read_text("utf-8"))))) == 12


@pytest.mark.parametrize(
    "place",
    [("dropped_step", "dropped_question"), ("dropped_place", ""), ("birth_date", "dropped")],
    ids=["question", "place", "question at a known step"],
)
@pytest.mark.parametrize("stage", ["questions", "which", "review"])
def test_an_unknown_place_leads_to_the_first_unanswered_question(
    stage: str, place: tuple[str, str]
) -> None:
    phone = taken_up(stored(stage))
    before = phone.values
    phone.state.at, phone.state.asked = place
    assert MOVED[phone.state.language] in phone.say("Ilyas")
    assert phone.state.asked or phone.state.at == "review"
    assert phone.values == before
    assert len(play_on(phone)) == 12


def test_a_known_place_is_not_moved() -> None:
    assert MOVED["ar"] not in taken_up(stored("questions")).say("إلياس")


def test_ids_that_no_flow_knows_any_more_are_dropped() -> None:
    phone = taken_up(stored("questions"))
    assert phone.draft is not None
    phone.draft.frame.history.insert(0, "dropped")
    phone.draft.frame.unknown.append("dropped")
    phone.say("رجوع")
    assert phone.state.asked == "child_sex"
    assert "dropped" not in str(phone.draft.dump())


def test_a_renamed_question_keeps_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = flow_named("declare_birth")
    monkeypatch.setitem(flow.renamed, "day", "birth_date")
    phone = taken_up(stored("questions"))
    assert phone.draft is not None
    values = phone.draft.frame.values
    values["day"] = values.pop("birth_date")
    phone.draft.frame.history = ["day"]
    phone.state.asked = "day"
    turn = Turn(phone.state, phone.draft, Inbound("x"), Facts(), phone.world)
    bring_up(turn)
    assert turn.state.asked == "birth_date"
    assert turn.declaration.frame.history == ["birth_date"]
    assert turn.declaration.frame.values["birth_date"] == "2025-11-20"


def test_a_draft_of_a_flow_that_is_gone_is_let_go() -> None:
    phone = taken_up(stored("questions"))
    assert phone.draft is not None
    phone.draft.flow = "declare_comet"
    assert phone.say("menu")
    assert phone.draft is None


@pytest.mark.parametrize("stage", ["notice", "questions", "which", "review"])
def test_a_draft_kept_no_longer_is_told_and_nothing_fails(stage: str) -> None:
    phone = taken_up(stored(stage))
    phone.draft = None
    reply = phone.say("bonjour" if phone.state.language == "fr" else "السلام عليكم")
    assert ("plus gardée" in reply) or ("لم يعد محفوظا" in reply)
    assert phone.state.at == "menu"
    assert not [e for e in phone.effects if isinstance(e, SubmitDeclaration)]
