"""Minds changed, places left and come back to: nothing is lost, nothing ends there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.effects import CompleteDeclaration, OpenTicket, SubmitDeclaration
from bot.dialogue.messages import Entity
from tests.dialogue.births import FRENCH, YES, at, declares_birth, filled, opened, reads
from tests.dialogue.births import submitted as sent_birth
from tests.support.phone import Phone


def submissions(phone: Phone) -> list[SubmitDeclaration]:
    """What was sent to the register."""
    return [e for e in phone.effects if isinstance(e, SubmitDeclaration)]


@pytest.mark.parametrize("word", ["passer", "من بعد"])
def test_skipping_an_answered_question_keeps_its_answer(word: str) -> None:
    phone = filled("fr")
    phone.say("2")
    phone.say(word)
    assert phone.values["birth_date"] == "2025-11-17"
    phone.say("2")
    phone.say("je ne sais pas")
    assert "birth_date" not in phone.values


def test_an_early_review_is_not_sent_but_gone_on_from() -> None:
    phone = at("child_sex")
    assert "pour continuer" in phone.say("résumé")
    phone.say("oui")
    assert phone.state.asked == "child_sex"
    assert submissions(phone) == []


@pytest.mark.parametrize("way", ["résumé", "récapitulatif"])
def test_a_late_birth_is_not_sent_from_the_review(way: str) -> None:
    phone = at("birth_place")
    phone.say("changer la date, c'est 10/10")
    phone.say("hopital, Témara")
    phone.say(way)
    phone.say("oui")
    assert phone.state.at == "late"
    assert submissions(phone) == []


def test_a_place_left_open_does_not_stop_the_delay() -> None:
    phone = at("birth_date")
    phone.say("10/10")
    phone.say("passer")
    assert phone.state.at == "late"


def test_late_choices_come_back_after_anything_else() -> None:
    phone = at("birth_place")
    phone.say("changer la date, c'est 10/10")
    assert "Le délai est passé" in phone.say("hopital, Témara")
    for text in ("aide", "bonjour", "zzz", "répéter"):
        reply = phone.say(text)
        assert "Le délai est passé" not in reply
        assert phone.state.at == "late"
    phone.say("3")
    assert phone.state.asked == "birth_date"


@pytest.mark.parametrize("typed", ["autre", "3"])
def test_another_relative_is_asked_which_and_can_go_back(typed: str) -> None:
    phone = opened("fr")
    assert "tuteur" in phone.say(typed)
    assert "la mère" in phone.say("retour")
    phone.say("2")
    assert phone.values["declarant_capacity"] == "mother"


def test_back_passes_over_questions_that_make_no_sense_any_more() -> None:
    phone = at("birth_place")
    phone.say("à l'étranger")
    phone.say("France")
    phone.say("changer le lieu")
    phone.say("clinique Atlas, Salé")
    phone.say("retour")
    assert phone.state.asked == "birth_place"


@pytest.mark.parametrize("choice", ["edit:birth_date", "answer:child_sex=male", "skip:father"])
def test_nothing_personal_is_asked_before_the_notice(choice: str) -> None:
    phone = Phone(understand=declares_birth(Entity("date", "hier")))
    phone.say("ma femme a accouché hier")
    for turn in ({"text": "retour"}, {"choice": choice}):
        phone.say(**turn)
        assert phone.state.at == "consent"


@pytest.mark.parametrize("choice", ["do:consent_no", "do:cancel_yes", "do:submit", "pick:father=0"])
def test_a_stale_button_throws_nothing_away(choice: str) -> None:
    phone = at("mother")
    before = phone.values
    phone.say("", choice=choice)
    assert phone.values == before
    assert phone.state.asked == "mother"


def test_a_reading_offered_for_one_question_is_not_taken_for_another() -> None:
    phone = at("birth_date")
    phone.say("hier ou avant-hier")
    phone.say("", choice="pick:child_name=0")
    assert "child_given_name_latin" not in phone.values
    phone.say("", choice="pick:birth_date=1")
    assert phone.values["birth_date"] == "2025-11-19"


def test_helper_and_twins_are_noted_wherever_they_are_said() -> None:
    for question in FRENCH:
        phone = at(question)
        assert "vous aidez" in phone.say("c'est pour ma soeur").lower()
        assert "jumeaux" in phone.say("ce sont des jumeaux")
        assert phone.values["multiple_birth_rank"] == "first"
        assert phone.state.asked == question
        phone.say("finalement pas de jumeaux")
        assert phone.values["multiple_birth_rank"] == "single"


def test_twins_told_after_the_reference_change_the_first_record_too() -> None:
    phone = sent_birth("fr")
    phone.say("ce sont des jumeaux")
    [first] = [e for e in phone.effects if isinstance(e, CompleteDeclaration)]
    assert first.values["multiple_birth_rank"] == "first"
    assert phone.values["multiple_birth_rank"] == "second"
    assert phone.state.asked == "child_sex"


@pytest.mark.parametrize("text", ["oui", "ok", "Ilyas"])
def test_a_word_or_a_name_does_not_switch_the_language(text: str) -> None:
    phone = sent_birth("ar")
    phone.understand = reads()
    phone.say(text)
    assert phone.state.language == "ar"
    fr = filled("fr")
    fr.say("الياس")
    assert fr.state.language == "fr"


def test_a_sentence_switches_it_where_nothing_waits() -> None:
    phone = sent_birth("fr")
    phone.understand = reads()
    phone.say("شكرا جزيلا لكم على المساعدة")
    assert phone.state.language == "ar"


@pytest.mark.parametrize("place", ["forget", "paused", "callback_phone", "extras", "cancel"])
def test_every_place_is_put_again_after_something_else(place: str) -> None:
    phone = sent_birth("fr") if place == "extras" else at("mother")
    phone.understand = reads()
    word = {"forget": "effacer", "paused": "pause", "cancel": "annuler"}.get(place)
    if word:
        phone.say(word)
    if place == "callback_phone":
        phone.world = replace(phone.world, msisdn=None)
        phone.say("agent")
    wanted = "resume" if place == "paused" else place
    for text in ("zzz", "aide", ""):
        phone.say(text)
        assert phone.state.at == wanted


def test_after_no_to_a_cancel_the_same_question_waits() -> None:
    phone = filled("fr")
    phone.say("2")
    for word in ("annuler", "effacer"):
        phone.say(word)
        phone.say("non")
        assert phone.state.asked == "birth_date"


@pytest.mark.parametrize(
    "word", ["laisser vide", "pas de père", "0", "٠", "personne", "Personne.", "حتى واحد"]
)
def test_the_father_is_left_out_in_words(word: str) -> None:
    phone = at("father")
    phone.say(word)
    assert phone.values["father_known"] is False
    assert "child_given_name_latin" in phone.values


@pytest.mark.parametrize(
    ("question", "word"),
    [
        *(("mother", "personne"), ("child_name", "personne"), ("birth_date", "personne")),
        *(("father", "une personne"), ("father", "personne svp"), ("father", "agent")),
    ],
)
def test_a_person_is_called_where_no_father_is_denied(question: str, word: str) -> None:
    phone = at(question)
    phone.say(word)
    assert [type(effect) for effect in phone.effects if isinstance(effect, OpenTicket)]
    assert phone.state.asked == question
    assert "father_known" not in phone.values or question == "mother"


def test_writing_again_after_stop_puts_the_question_again() -> None:
    phone = at("mother")
    phone.say("STOP")
    assert "mère" in phone.say("REPRENDRE")
    assert phone.state.asked == "mother"


def test_all_goes_to_the_same_end_without_understanding() -> None:
    phone = at("birth_date")
    phone.understand = lambda _: None
    for text in ("salam", "zzz", "c'est quoi ?", "zzz"):
        phone.say(text)
    phone.say("17/11")
    for typed in list(FRENCH.values())[2:]:
        phone.say(typed)
    phone.say(YES["fr"])
    assert len(submissions(phone)) == 1
