"""The same conversation on a page: buttons beside the words, a panel about it, a card to keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.dialogue.effects import SubmitDeclaration
from bot.dialogue.messages import Reference
from bot.dialogue.panel import Panel, panel_of
from bot.wording import render
from tests.dialogue.births import FRENCH, opened
from tests.support.phone import Phone

ANSWERS = {**FRENCH, "contact_phone": "0612345678"}


def page(language: str = "fr") -> Phone:
    return opened(language, channel="web", msisdn=None)


def at(question: str) -> Phone:
    phone = page()
    for typed in ANSWERS.values():
        if phone.state.asked == question:
            break
        phone.say(typed)
    return phone


def filled() -> Phone:
    return at("")


def panel(phone: Phone) -> Panel:
    return panel_of(phone.state, phone.draft)


def offered(phone: Phone) -> list[str]:
    assert phone.outcome is not None
    return [choice.id for reply in phone.outcome.replies for choice in reply.choices]


def test_before_anything_began_the_panel_is_empty() -> None:
    phone = Phone("web", msisdn=None)
    assert panel(phone).dump() == {
        "language": "fr", "flow": None, "at": "", "question": None, "answer": None, "done": 0,
        "total": 0, "can": (), "open": False, "reference": None, "papers": False,
    }  # fmt: skip


def test_the_panel_tells_how_far_the_declaration_is() -> None:
    phone = page()
    steps = [(panel(phone).done, panel(phone).total)]
    for typed in ANSWERS.values():
        phone.say(typed)
        steps.append((panel(phone).done, panel(phone).total))
    assert steps == [(done, 9) for done in range(10)]


def test_the_panel_tells_what_kind_of_answer_is_waited_for() -> None:
    phone = at("birth_date")
    assert (panel(phone).question, panel(phone).answer) == ("birth_date", "date")
    assert panel(filled()).answer is None


def test_the_panel_offers_only_what_can_be_done() -> None:
    assert panel(page()).can == ("why", "skip", "dont_know", "pause", "cancel")
    assert panel(at("birth_date")).can == (
        "back", "why", "skip", "dont_know", "review", "pause", "cancel",
    )  # fmt: skip
    assert panel(filled()).can == ("back", "pause", "cancel")


def test_the_panel_holds_no_answer() -> None:
    said = str(panel(filled()).dump())
    assert not any(word in said for word in ("Ilyas", "Hassan", "AD234511", "2025"))


def test_a_locked_draft_is_not_told_of() -> None:
    phone = filled()
    phone.wait(minutes=31)
    phone.say("bonjour")
    assert not panel(phone).open
    assert panel(phone).flow is None


def test_a_page_is_trusted_for_half_an_hour_a_phone_for_a_day() -> None:
    for channel, minutes, is_locked in (("web", 29, False), ("web", 31, True), ("sms", 31, False)):
        phone = opened("fr", channel=channel)
        phone.say("1")
        phone.say("17/11")
        phone.wait(minutes=minutes)
        phone.say("1")
        assert ("proof" in phone.state.aside) is is_locked, (channel, minutes)


def test_a_page_that_is_wiped_sooner_is_trusted_no_longer() -> None:
    for screen_minutes, minutes, is_locked in ((5, 4, False), (5, 5, True), (60, 31, True)):
        phone = opened("fr", channel="web")
        phone.world = replace(phone.world, screen_minutes=screen_minutes)
        phone.say("1")
        phone.say("17/11")
        phone.wait(minutes=minutes)
        phone.say("1")
        assert ("proof" in phone.state.aside) is is_locked, (screen_minutes, minutes)


def test_a_place_found_by_the_search_is_an_answer_and_a_wrong_code_is_not() -> None:
    phone = at("birth_place")
    phone.say("maternité")
    assert panel(phone).answer == "commune"
    phone.say(choice="answer:birth_commune=nowhere")
    assert "birth_commune" not in phone.values
    phone.say(choice="answer:birth_commune=04.501.01.07")
    assert phone.values["birth_commune"] == "04.501.01.07"


@pytest.mark.parametrize(
    ("question", "step", "value"),
    [("father", "father_known", False), ("declarant_cnie", "declarant_cnie", None)],
)
def test_what_a_typed_zero_means_is_a_button(question: str, step: str, value: object) -> None:
    phone = at(question)
    assert f"answer:{question}=0" in offered(phone)
    phone.say(choice=f"answer:{question}=0")
    assert phone.state.asked != question
    held = phone.values.get(step)
    assert held == value or held == {"kind": "none"}


def test_a_zero_where_it_means_nothing_is_not_taken() -> None:
    phone = at("mother")
    phone.say(choice="answer:mother=0")
    assert phone.state.asked == "mother"


def test_the_summary_ends_with_a_button_and_the_button_sends_it() -> None:
    phone = filled()
    lines = offered(phone)
    assert lines[-1] == "do:submit"
    assert all(line.startswith("edit:") for line in lines[:-1])
    phone.say(choice="do:submit")
    assert any(isinstance(effect, SubmitDeclaration) for effect in phone.effects)


def test_on_sms_nothing_is_offered_but_by_words_and_numbers() -> None:
    phone = opened("fr")
    for typed in FRENCH.values():
        phone.say(typed)
    assert "do:submit" not in offered(phone)


def test_the_reference_comes_with_a_card_to_keep() -> None:
    phone = filled()
    phone.say(choice="do:submit")
    assert phone.outcome is not None
    [card] = [reply.card for reply in phone.outcome.replies if reply.card]
    assert card.reference == Reference(str(phone.outcome.reference))
    assert card.last_day == date(2025, 12, 17)
    shown = render(phone.outcome.replies[0], "fr", "web").card
    assert shown is not None
    assert shown["last_day"] == "2025-12-17"
    assert shown["title"] == "Pré-déclaration de naissance"
    assert len(shown["steps"]) == 3
    assert render(phone.outcome.replies[0], "fr", "sms").card is None


@pytest.mark.parametrize(
    ("page_language", "inbound", "answered"),
    [
        ("ar", {"choice": "do:start_declare_birth"}, "ar"),
        ("ar", {"text": "12"}, "ar"),
        ("fr", {"choice": "do:start_declare_birth"}, "fr"),
        ("ar", {"text": "je veux déclarer une naissance"}, "fr"),
        ("fr", {"text": "السلام عليكم"}, "ar"),
        ("fr", {"text": "bghit nsejel wldi"}, "ar"),
        ("fr", {"text": "{{7*7}}"}, "fr"),
    ],
)
def test_the_language_of_the_page_counts_until_the_citizen_writes_in_another(
    page_language: str, inbound: dict[str, str], answered: str
) -> None:
    phone = Phone("web", msisdn=None)
    phone.say(**inbound, language=page_language)
    assert phone.state.language == answered
    assert phone.state.at != "language"


def test_a_language_once_chosen_is_not_changed_by_the_page() -> None:
    phone = Phone("web", msisdn=None)
    phone.say("bonjour", language="fr")
    phone.say(choice="do:arabic", language="fr")
    phone.say("12", language="fr")
    assert phone.state.language == "ar"
