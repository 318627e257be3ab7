"""A birth from the first sentence to the reference, and everything a citizen may do on the way."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue.effects import RecordConsent, SubmitDeclaration
from bot.dialogue.messages import Entity
from tests.dialogue.births import (
    ARABIC,
    FRENCH,
    declares_birth,
    filled,
    opened,
    submitted,
)
from tests.support.phone import Phone

MESSAGES_TYPED = 11
SEGMENTS = {"fr": 16, "ar": 20}


def only(phone: Phone, kind: type) -> list:  # type: ignore[type-arg]
    """The effects of one kind."""
    return [effect for effect in phone.effects if isinstance(effect, kind)]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_parent_reaches_the_reference_within_the_budget(language: str) -> None:
    phone = submitted(language)
    assert phone.outcome is not None
    assert phone.outcome.reference is not None
    assert len(phone.sent) <= MESSAGES_TYPED
    assert phone.segments_out <= SEGMENTS[language]


def test_what_is_submitted_holds_both_scripts_and_what_was_answered() -> None:
    [sent] = only(submitted("fr"), SubmitDeclaration)
    assert sent.values["child_given_name_latin"] == "Ilyas"
    assert sent.values["child_given_name_ar"] == "إلياس"
    assert sent.values["child_family_name_latin"] == "Ait Brahim"
    assert sent.values["birth_date"] == "2025-11-17"
    assert sent.values["birth_place_kind"] == "hospital"
    assert sent.missing == ()
    assert sent.last_day == date(2025, 12, 17)


def test_nothing_is_submitted_without_the_explicit_yes() -> None:
    phone = filled("fr")
    phone.say("Hassan")
    phone.say("merci")
    assert only(phone, SubmitDeclaration) == []


def test_consent_is_recorded_before_the_first_personal_question() -> None:
    phone = Phone(understand=declares_birth())
    phone.say("je veux déclarer une naissance")
    assert phone.state.at == "consent"
    assert only(phone, RecordConsent) == []
    phone.say("1")
    [consent] = only(phone, RecordConsent)
    assert consent.given
    assert phone.state.at == "declarant_capacity"


def test_a_refused_notice_keeps_nothing() -> None:
    phone = Phone(understand=declares_birth(Entity("given_name", "Ilyas", "child")))
    phone.say("je veux déclarer la naissance d'Ilyas")
    phone.say("2")
    assert phone.values == {}
    assert only(phone, RecordConsent)[0].given is False


def test_an_opening_sentence_is_not_asked_again() -> None:
    phone = Phone(
        understand=declares_birth(
            Entity("relation", "مراتي"),
            Entity("date", "البارح"),
            Entity("place", "مستشفى السويسي"),
            Entity("commune", "الرباط"),
            Entity("sex", "ولد"),
            Entity("given_name", "يحيى", "child"),
        )
    )
    phone.say("مراتي ولدات البارح فمستشفى السويسي بالرباط، ولد سميتو يحيى")
    reply = phone.say("1")
    assert "الخميس 20 نونبر 2025" in reply
    assert "يحيى" in reply
    asked = [
        phone.say(typed) and phone.state.at for typed in ("1", "محمد العلوي", "سناء بناني", "0")
    ]
    assert asked == ["father_known", "mother_given_name_ar", "declarant_cnie", "review"]
    assert phone.values["birth_place_name"] == "مستشفى السويسي"
    assert phone.values["child_sex"] == "male"


def test_several_answers_in_one_message() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("lundi, hopital de Témara, fils, Ilyas")
    assert phone.state.at == "father_known"
    phone.say("Hassan Ait Brahim")
    phone.say("Zineb Amrani, ad 234 511")
    assert phone.state.at == "review"
    assert phone.values["declarant_cnie"] == {"kind": "cnie", "number": "AD234511", "country": "MA"}


def test_back_asks_the_question_before_and_keeps_its_answer_until_another_is_given() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("17/11")
    assert "lundi 17 novembre 2025" in phone.say("retour")
    assert phone.values["birth_date"] == "2025-11-17"
    phone.say("18/11")
    assert phone.values["birth_date"] == "2025-11-18"
    assert phone.state.at == "birth_place_kind"


def test_back_at_the_first_question_says_so() -> None:
    assert "première question" in opened("fr").say("retour")


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("2", "birth_date"),
        ("le nom de la mère est faux", "mother"),
        ("prénom", "child_name"),
        ("c'est pas le bon lieu", "birth_place"),
    ],
)
def test_edit_by_number_by_name_or_in_words(typed: str, question: str) -> None:
    phone = filled("fr")
    phone.say(typed)
    assert phone.state.asked == question


def test_a_correction_with_its_new_value_is_taken_at_once() -> None:
    phone = filled("ar")
    reply = phone.say("لا السمية ديال الأم ماشي زينب هي حنان الزهراء العمراني")
    assert "حنان الزهراء" in reply
    assert phone.state.at == "review"
    assert phone.values["mother_given_name_ar"].startswith("حنان")


def test_edit_in_words_in_the_middle_of_the_questions() -> None:
    phone = opened("ar")
    for question in ("declarant_capacity", "birth_date", "birth_place"):
        phone.say(ARABIC[question])
    phone.say("بدل تاريخ الميلاد")
    assert phone.state.asked == "birth_date"
    phone.say("هادي يومين")
    assert phone.values["birth_date"] == "2025-11-19"
    assert phone.state.asked == "child_sex"


def test_a_proposed_spelling_is_corrected_by_typing_it() -> None:
    phone = filled("fr")
    phone.say("الياس")
    assert phone.values["child_given_name_ar"] == "الياس"
    assert phone.values["child_given_name_latin"] == "Ilyas"
    assert phone.state.at == "review"


def test_another_name_in_the_other_script_replaces_both_spellings() -> None:
    phone = filled("fr")
    phone.say("prénom")
    phone.say("يحيى")
    assert phone.values["child_given_name_ar"] == "يحيى"
    assert "child_given_name_latin" not in phone.values


@pytest.mark.parametrize("word", ["passer", "je ne sais pas", "لا أعرف", "ma3reftch"])
def test_nobody_is_forced(word: str) -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("17/11")
    phone.say(word)
    assert phone.state.at == "birth_commune"
    phone.say(word)
    assert phone.state.at == "child_sex"
    for question in ("child_sex", "child_name", "father", "mother", "declarant_cnie"):
        phone.say(FRENCH[question])
    phone.say("oui")
    [sent] = only(phone, SubmitDeclaration)
    assert "birth_commune" in sent.missing
