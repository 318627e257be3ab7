"""Births that are not the usual case: late, abroad, at home, twins, without the father, and a
loss."""

from __future__ import annotations

import pytest

from bot.dialogue.effects import SubmitDeclaration
from bot.dialogue.messages import Entity
from tests.dialogue.births import FRENCH, declares_birth, filled, opened, submitted
from tests.support.phone import Phone


def answer(phone: Phone, **changed: str) -> Phone:
    """Type the usual answers, some of them changed, until the questions end."""
    for question, typed in {**FRENCH, **changed}.items():
        if phone.state.asked == question:
            phone.say(typed)
    return phone


def test_a_late_birth_is_told_what_a_late_one_is() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("10/10")
    reply = phone.say("hopital Al Amal, Témara")
    assert phone.state.at == "late"
    assert "autorisation ou un jugement" in reply
    phone.say("oui")
    assert not any(isinstance(e, SubmitDeclaration) for e in phone.effects)


def test_a_wrong_date_that_looked_late_can_be_corrected() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("10/10")
    phone.say("hopital Al Amal, Témara")
    phone.say("3")
    phone.say("10/11")
    assert phone.state.asked == "child_sex"


def test_a_birth_abroad_has_one_year_and_the_consulate() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("10/10")
    reply = phone.say("hopital Lariboisière, Paris, France")
    assert "consulat" in reply
    assert phone.values["birth_country"] == "FR"
    assert phone.values["birth_place_name"] == "hopital Lariboisière, Paris"
    answer(phone)
    assert "consulat du Maroc" in phone.say("oui")
    assert "lundi 12 octobre 2026" in phone.received[-1]


def test_abroad_without_a_country_asks_for_it() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("17/11")
    phone.say("à l'étranger")
    assert phone.state.asked == "birth_country"
    phone.say("Belgique")
    assert phone.values["birth_country"] == "BE"


def test_little_time_is_said_at_once() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("24/10")
    assert "lundi 24 novembre 2025" in phone.say("hopital Al Amal, Témara")
    assert phone.state.asked == "child_sex"


def test_a_home_birth_says_who_attests() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("17/11")
    assert "moqaddem" in phone.say("à la maison, Témara")


def test_the_father_may_be_left_out_without_a_question_asked() -> None:
    phone = opened("fr")
    answer(phone, declarant_capacity="2", father="0", mother="Zineb Amrani")
    said = "\n".join(phone.received)
    assert "mariage" not in said
    phone.say("oui")
    [sent] = [e for e in phone.effects if isinstance(e, SubmitDeclaration)]
    assert sent.values["father_known"] is False
    assert "father_given_name_ar" not in sent.missing
    assert "mariage" not in phone.received[-1]


def test_another_relative_is_asked_for_their_name() -> None:
    phone = opened("fr")
    phone.say("3")
    phone.say("le grand-père")
    assert phone.values["declarant_capacity"] == "grandparent"
    answer(phone)
    assert phone.state.asked == "declarant_name"
    phone.say("Omar Ait Brahim")
    assert phone.values["declarant_name"] == "Omar Ait Brahim"


def test_a_helper_is_spoken_to_as_one() -> None:
    phone = Phone(understand=declares_birth(Entity("relation", "ma soeur")))
    phone.say("ma soeur a accouché et je l'aide")
    assert "Vous aidez quelqu'un" in phone.say("1")
    answer(phone)
    assert any("de la personne qui déclare" in text for text in phone.received)


def test_twins_are_two_declarations_and_parents_are_typed_once() -> None:
    phone = Phone(understand=declares_birth())
    phone.say("ma femme a eu des jumeaux")
    phone.say("1")
    answer(phone)
    phone.say("oui")
    phone.say("2")
    assert phone.state.asked == "child_sex"
    phone.say("fille")
    phone.say("Salma")
    assert phone.state.at == "review"
    phone.say("oui")
    first, second = (e for e in phone.effects if isinstance(e, SubmitDeclaration))
    assert first.draft_id != second.draft_id
    assert first.values["multiple_birth_rank"] == "first"
    assert second.values["multiple_birth_rank"] == "second"
    assert second.values["mother_given_name_latin"] == first.values["mother_given_name_latin"]


def test_a_child_who_died_after_birth_brings_condolences_and_both_events() -> None:
    phone = Phone(understand=declares_birth())
    reply = phone.say("ma femme a accouché lundi mais le bébé est mort hier")
    assert "condoléances" in reply
    assert "le décès" in reply
    assert phone.state.at == "consent"


def test_a_stillbirth_collects_nothing() -> None:
    phone = Phone(understand=declares_birth())
    reply = phone.say("le bébé est mort-né")
    assert "certificat médical" in reply
    assert phone.draft is None


def test_an_arrondissement_is_asked_only_where_the_place_is_not_named() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("17/11")
    phone.say("à la maison, Casablanca")
    assert phone.state.asked == "birth_arrondissement"
    phone.say("maarif")
    assert phone.state.asked == "child_sex"
    named = opened("fr")
    named.say("1")
    named.say("17/11")
    named.say("clinique Atlas, Casablanca")
    assert named.state.asked == "child_sex"


@pytest.mark.parametrize("word", ["0", "je ne sais pas"])
def test_an_arrondissement_may_be_unknown(word: str) -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("17/11")
    phone.say("à la maison, Casablanca")
    phone.say(word)
    assert phone.state.asked == "child_sex"


def test_a_status_asked_in_the_middle_comes_back_to_the_same_step() -> None:
    phone = submitted("fr")
    reference = next(e.reference for e in phone.effects if isinstance(e, SubmitDeclaration))
    phone.say("menu")
    phone.say("5")
    phone.say(reference)
    assert "Aucun dossier" in phone.say("0000")
    assert phone.state.asked == "reference"


def test_no_review_ever_shows_a_whole_document_number() -> None:
    phone = filled("fr")
    assert "AD234511" not in "\n".join(phone.received)
    assert "AD2..11" in phone.received[-2]


def test_abroad_and_without_the_father_no_marriage_paper_is_asked() -> None:
    phone = opened("fr")
    answer(phone, declarant_capacity="2", birth_place="hopital, Paris, France", father="0")
    phone.say("oui")
    assert "acte de naissance local" in phone.received[-1]
    assert "mariage" not in "\n".join(phone.received)
