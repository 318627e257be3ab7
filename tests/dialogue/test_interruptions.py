"""What may come between a question and its answer: each has its reply, and nothing is lost."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.effects import CompleteDeclaration, OpenTicket, SubmitDeclaration
from tests.dialogue.births import (
    ARABIC,
    YES,
    declares_birth,
    filled,
    opened,
    reads,
    submitted,
)
from tests.support.phone import CASABLANCA, Phone

MESSAGES_TYPED = 11
SEGMENTS = {"fr": 16, "ar": 20}


def only(phone: Phone, kind: type) -> list:  # type: ignore[type-arg]
    """The effects of one kind."""
    return [effect for effect in phone.effects if isinstance(effect, kind)]


def test_why_is_answered_and_the_question_put_again() -> None:
    phone = opened("fr")
    reply = phone.say("pourquoi ?")
    assert "La loi dit qui peut" in reply
    assert "Qui déclare la naissance?" in reply


def test_a_question_in_the_middle_is_answered_and_the_step_kept() -> None:
    phone = opened("fr")
    phone.understand = reads(**{"c'est quoi les papiers ?": "required_documents"})
    phone.say("1")
    before = phone.values
    reply = phone.say("c'est quoi les papiers ?")
    assert "livret de famille" in reply
    assert phone.state.asked == "birth_date"
    assert phone.values == before


def test_the_language_switches_in_the_middle() -> None:
    phone = opened("fr")
    assert "من يصرح بالولادة" in phone.say("العربية")
    assert phone.state.asked == "declarant_capacity"
    assert "Qui déclare" in phone.say("français")


def test_cancel_asks_first_and_then_erases() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("annuler")
    phone.say("non")
    assert phone.values["declarant_capacity"] == "father"
    assert phone.state.asked == "birth_date"
    phone.say("annuler")
    phone.say("oui")
    assert phone.values == {}
    assert phone.state.at == "menu"


def test_pause_and_resume_within_the_day() -> None:
    phone = opened("fr")
    phone.say("1")
    assert "gardées 30 jours" in phone.say("pause")
    phone.wait(hours=3)
    assert "pas finie" in phone.say("bonjour")
    phone.say("1")
    assert phone.state.asked == "birth_date"


def test_after_a_day_the_phone_alone_is_not_trusted() -> None:
    phone = filled("fr")
    phone.wait(hours=30)
    reply = phone.say("bonjour")
    assert "Ilyas" not in reply
    assert "naissance" not in reply
    phone.say("1")
    assert "ne correspond pas" in phone.say("9999")
    phone.say("4511")
    assert phone.state.at == "review"


def test_three_wrong_proofs_offer_a_person_and_show_nothing() -> None:
    phone = filled("fr")
    phone.wait(hours=30)
    phone.say("bonjour")
    phone.say("1")
    replies = [phone.say("9999") for _ in range(3)]
    assert "personne" in replies[-1]
    assert not any("Ilyas" in reply for reply in replies)


def test_two_failures_bring_an_example_three_a_person() -> None:
    phone = opened("fr")
    phone.understand = reads()
    phone.say("1")
    first, second, third = (phone.say("zzz") for _ in range(3))
    assert "Par exemple: 18/11/2025" not in first
    assert "Par exemple: 18/11/2025" in second
    assert "rappeler" in third
    reply = phone.say("1")
    [ticket] = only(phone, OpenTicket)
    assert ticket.reference[:1] == "6"
    assert ticket.reference[:4] in reply


def test_asking_for_a_person_loses_nothing() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("agent")
    assert phone.state.asked == "birth_date"
    assert "déjà" in phone.say("agent")
    assert len(only(phone, OpenTicket)) == 1


def test_the_web_asks_where_to_call_back() -> None:
    phone = Phone("web", msisdn=None, understand=declares_birth())
    phone.say("je veux déclarer une naissance")
    phone.say("1")
    phone.say("agent")
    assert phone.state.at == "callback_phone"
    phone.say("0612345678")
    assert only(phone, OpenTicket)[0].phone == "+212612345678"
    assert phone.state.asked == "declarant_capacity"


def test_the_completing_ring_keeps_the_record_current() -> None:
    phone = submitted("fr")
    phone.say("1")
    assert phone.state.asked == "mother_cnie"
    phone.say("passer")
    phone.say("7h30")
    latest = only(phone, CompleteDeclaration)[-1]
    assert latest.values["birth_time"] == "07:30"
    assert latest.reference == only(phone, SubmitDeclaration)[0].reference


def test_media_gets_a_kind_sentence_and_the_question_again() -> None:
    phone = opened("fr")
    assert "vocaux" in phone.say("", media="audio")
    assert "papiers" in phone.say("", media="image")
    assert phone.state.asked == "declarant_capacity"


def test_a_bank_card_number_is_masked_and_warned_of() -> None:
    phone = opened("fr")
    assert "carte bancaire" in phone.say("4111 1111 1111 1111")


@pytest.mark.parametrize("word", ["STOP", "arrêt", "توقف", "حبس"])
def test_opt_out_wins_over_everything(word: str) -> None:
    phone = opened("fr")
    phone.say(word)
    assert phone.state.opted_out
    phone.say("REPRENDRE")
    assert not phone.state.opted_out


def test_forget_erases_after_a_yes() -> None:
    phone = filled("fr")
    phone.say("effacer")
    assert phone.values
    phone.say("oui")
    assert phone.draft is None
    assert "Ilyas" not in str(phone.state.dump())


def test_the_reading_of_a_name_that_looks_like_a_greeting() -> None:
    phone = opened("ar")
    for question in ("declarant_capacity", "birth_date", "birth_place", "child_sex"):
        phone.say(ARABIC[question])
    phone.say("سلام")
    assert phone.values["child_given_name_ar"] == "سلام"


def test_an_old_button_still_means_what_it_meant() -> None:
    phone = opened("fr")
    phone.say("1")
    phone.say("17/11")
    phone.say("", choice="answer:declarant_capacity=mother")
    assert phone.values["declarant_capacity"] == "mother"
    assert phone.state.asked == "birth_place"


@pytest.mark.parametrize(
    "choice", ["answer:no_such=1", "do:rm", "pick:birth_place=99", "x", "edit:"]
)
def test_a_choice_that_was_never_offered_changes_nothing(choice: str) -> None:
    phone = opened("fr")
    phone.understand = reads()
    before = phone.values
    phone.say("", choice=choice)
    assert phone.values == before


def test_the_day_a_relative_date_is_meant_is_that_of_receipt() -> None:
    phone = opened("fr", now=datetime(2025, 11, 21, 23, 59, tzinfo=CASABLANCA))
    phone.say("1")
    phone.say("hier")
    assert phone.values["birth_date"] == "2025-11-20"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_yes_is_understood_in_its_own_language(language: str) -> None:
    phone = filled(language)
    phone.say(YES[language])
    assert phone.state.at == "extras"


def test_a_first_message_without_a_language_asks_for_one_in_both_scripts() -> None:
    phone = Phone(understand=reads())
    reply = phone.say("1234")
    assert "العربية" in reply
    assert "Français" in reply
    assert "بماذا نساعدك" in phone.say("1") or phone.state.at == "menu"
    assert phone.state.language == "ar"


def test_asking_for_the_language_comes_back_to_the_question() -> None:
    phone = opened("fr")
    phone.say("langue")
    phone.say("1")
    assert phone.state.asked == "declarant_capacity"
    assert phone.state.language == "ar"
