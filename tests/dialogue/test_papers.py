"""The papers of a declaration: the list, its labels, and the sentence that names the same ones."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from bot.answers.result import Language
from bot.dialogue.papers import all_papers, are_locked, papers_of
from bot.dialogue.state import Draft, Frame, State
from bot.dialogue.submitting import papers_kind
from bot.flows import flow_named
from bot.wording import sentence
from tests.dialogue.births import filled, opened, submitted
from tests.support.phone import FRIDAY

# How a sentence names each paper; longer ones first, so that a word inside another is not counted.
NAMED = {
    "fr": {
        "birth_notice": "avis de naissance (médecin ou sage-femme)",
        "birth_attestation": "attestation de naissance",
        "local_birth_act": "acte de naissance local",
        "marriage_or_booklet": "acte de mariage ou livret de famille",
        "identity_or_passport": "CNIE ou passeport",
        "mother_both": "CNIE et acte de naissance de la mère",
        "mother_birth_act": "acte de naissance de la mère",
        "identity": "CNIE",
    },
    "ar": {
        "birth_notice": "شهادة الولادة",
        "birth_attestation": "إشهاد بالولادة",
        "local_birth_act": "عقد الولادة المحلي",
        "marriage_or_booklet": "عقد الزواج أو الدفتر العائلي",
        "identity_or_passport": "البطاقة أو الجواز",
        "mother_both": "بطاقة الأم الوطنية ورسم ولادتها",
        "mother_birth_act": "عقد ازدياد الأم",
        "identity": "البطاقة",
    },
}
PLACES = flow_named("declare_birth").by_id["birth_place"].choices or (
    "hospital", "clinic", "birth_centre", "home", "on_the_way", "abroad", "unknown",
)  # fmt: skip


def draft(**values: object) -> Draft:
    return Draft("d", "declare_birth", Frame("declare_birth", values=dict(values)))  # type: ignore[arg-type]


def named_in(text: str, language: Language) -> set[str]:
    """The papers a sentence names."""
    found: set[str] = set()
    for paper, words in NAMED[language].items():
        if words in text:
            found.add(paper)
            text = text.replace(words, "")
    if "mother_both" in found:
        found = found - {"mother_both"} | {"mother_identity", "mother_birth_act"}
    return found


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(("place", "father"), list(product([None, *PLACES], [None, True, False])))
def test_the_list_and_the_sentence_name_the_same_papers(
    language: Language, place: str | None, father: bool | None
) -> None:
    given = {"birth_place_kind": place, "father_known": father}
    one = draft(**{step: value for step, value in given.items() if value is not None})
    said = sentence(f"papers.{papers_kind(one)}", language, "web", {})
    assert named_in(said, language) == set(papers_of(one))


def test_no_marriage_paper_is_asked_where_the_father_is_left_out() -> None:
    for place in PLACES:
        papers = papers_of(draft(birth_place_kind=place, father_known=False))
        assert "marriage_or_booklet" not in papers
        assert "mother_birth_act" in papers


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_each_paper_has_its_label_and_its_source(language: Language) -> None:
    labels = {p.id: sentence(f"paper.{p.id}", language, "web", {}) for p in all_papers()}
    assert len(set(labels.values())) == len(labels)
    assert all(len(p.source) > len("decree ") for p in all_papers())


def test_conditions_name_steps_and_values_of_the_flow() -> None:
    for paper in all_papers():
        flow = flow_named(paper.flow)
        steps = {step for question in flow.questions for step in question.fills}
        for step, values in {**paper.when, **paper.unless}.items():
            assert step in {*steps, "prosecutor"}
            assert set(values) <= {*PLACES, True, False}


def test_papers_are_within_reach_while_one_writes_and_locked_after_the_pause() -> None:
    phone = filled(channel="web")
    assert phone.draft is not None
    now = phone.world.now
    assert not are_locked(phone.state, phone.draft, "web", now + timedelta(minutes=29))
    # A page is wiped half an hour after a use it may have noted half a minute before the last.
    assert are_locked(phone.state, phone.draft, "web", now + timedelta(minutes=29, seconds=31))
    assert are_locked(phone.state, phone.draft, "web", now + timedelta(minutes=6), 5)
    assert not are_locked(phone.state, phone.draft, "whatsapp", now + timedelta(minutes=31))


def test_papers_are_locked_until_the_proof_is_given() -> None:
    phone = submitted(channel="web")
    phone.wait(minutes=40)
    phone.say("bonjour")
    assert phone.draft is not None
    assert are_locked(phone.state, phone.draft, "web", phone.world.now)
    phone.say("1")
    phone.say("4511")
    assert not are_locked(phone.state, phone.draft, "web", phone.world.now)


def test_a_declaration_without_anything_personal_is_never_locked() -> None:
    phone = opened(channel="web")
    assert phone.draft is not None
    assert not are_locked(phone.state, phone.draft, "web", FRIDAY + timedelta(days=3))
    assert not are_locked(State.new(), phone.draft, "web", FRIDAY)
