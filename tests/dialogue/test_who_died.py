"""Whose death is told: the child's is declared too, another's is not taken for the child's."""

from __future__ import annotations

import pytest

from bot.dialogue.losses import another_died, child_lost
from bot.dialogue.messages import Entity, Understood
from tests.dialogue.births import ARABIC, declares_birth, opened, reads
from tests.support.phone import Phone

CHILD = [
    "ma femme a accouché lundi mais le bébé est mort hier",
    "mon fils est mort",
    "il est mort à la naissance",
    "sa mère va bien mais l'enfant est décédé",
    "الولد مات",
    "توفيت بنتي البارح",
    "مراتي ولدات ومات الطفل",
    "lweld mat",
    "weldat mrati o lbebe twefa",
]
ANOTHER = [
    "le père est mort",
    "le père de l'enfant est mort",
    "la mère du bébé est décédée",
    "ma femme est morte en accouchant, le bébé va bien",
    "mon père est mort cette nuit",
    "باه مات",
    "توفيت الأم",
    "مات الأب ديال الولد",
    "راجلي توفى قبل الولادة",
    "babah mat",
    "jeddati matet",
]
NEITHER = [
    "ma femme a accouché à 4h du mat",
    "Ilyas",
    "hier",
    "comment déclarer un mort ?",
    "الأمل",
]


@pytest.mark.parametrize("text", CHILD)
def test_the_child_s_death_is_told(text: str) -> None:
    assert child_lost(text)
    assert not another_died(text)


@pytest.mark.parametrize("text", ANOTHER)
def test_another_s_death_is_not_the_child_s(text: str) -> None:
    assert another_died(text)
    assert not child_lost(text)


@pytest.mark.parametrize("text", NEITHER)
def test_nobody_died(text: str) -> None:
    assert not child_lost(text)
    assert not another_died(text)


@pytest.mark.parametrize(
    "question", ["birth_date", "birth_place", "child_sex", "child_name", "father", "mother"]
)
@pytest.mark.parametrize(
    ("text", "both"),
    [("الولد مات البارح", True), ("باه مات البارح", False)],
    ids=["child", "father"],
)
def test_a_death_told_at_a_question_answers_nothing(question: str, text: str, both: bool) -> None:
    phone = opened("ar", understand=declares_birth())
    for asked, typed in ARABIC.items():
        if phone.state.asked == question:
            break
        phone.say(typed)
        assert asked
    phone.understand = reads()
    before = phone.values
    reply = phone.say(text)
    assert "تعازينا" in reply
    assert ("معا" in reply) is both
    assert phone.values == before
    assert phone.state.asked == question


def test_condolences_are_said_once() -> None:
    phone = opened("fr")
    phone.understand = reads()
    phone.say("1")
    assert "condoléances" in phone.say("le bébé est mort")
    assert "condoléances" not in phone.say("le bébé est mort")


def test_the_day_of_the_death_is_not_the_day_of_the_birth() -> None:
    phone = Phone(understand=declares_birth(Entity("date", "hier")))
    phone.say("mon bébé est né et il est mort hier")
    assert "birth_date" not in phone.values
    alive = Phone(understand=declares_birth(Entity("date", "hier")))
    alive.say("mon bébé est né hier")
    assert alive.values["birth_date"] == "2025-11-20"


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("mon fils est né lundi il est mort hier", "declare_birth"),
        ("ma femme a accouché à 4h du mat", "declare_birth"),
        ("ma femme est morte en accouchant", "declare_death"),
        ("mon fils est né en 1990 et il est mort hier", "declare_death"),
    ],
)
def test_a_birth_read_as_a_death_is_still_a_birth(text: str, flow: str) -> None:
    phone = Phone(understand=lambda _: Understood("declare_death", "declare_death", 0.9))
    phone.say(text)
    assert phone.state.at == "consent"
    assert phone.draft is not None
    assert phone.draft.flow == flow
