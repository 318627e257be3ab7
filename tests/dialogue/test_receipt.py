"""The link to the form: with the reference, on request, beside the status; on every channel."""

from __future__ import annotations

import pytest

from bot.dialogue.effects import KeepReceipt
from bot.dialogue.messages import Card, StatusView
from bot.language import segments
from bot.wording import render
from tests.dialogue.births import filled, submitted
from tests.support.phone import Phone

LONGEST_MESSAGE = 3  # segments
BUDGET = {"fr": 16, "ar": 20}


def token(phone: Phone) -> str:
    [kept] = [effect for effect in phone.effects if isinstance(effect, KeepReceipt)]
    assert phone.draft is not None
    assert (kept.reference, kept.draft_id) == (phone.draft.reference, phone.draft.id)
    return kept.token


def link(phone: Phone) -> str:
    return f"https://hala.example.ma/receipts/{token(phone)}.pdf"


def cards(phone: Phone) -> list[Card]:
    assert phone.outcome is not None
    return [reply.card for reply in phone.outcome.replies if reply.card]


@pytest.mark.parametrize(("language", "word"), [("fr", "reçu"), ("ar", "الوصل"), ("ar", "lwasl")])
def test_by_sms_it_is_fetched_by_a_word_within_the_budget(language: str, word: str) -> None:
    phone = submitted(language)
    assert link(phone) not in phone.received[-1]
    before = phone.segments_out
    answer = phone.say(word)
    assert link(phone) in answer.splitlines()
    assert before <= BUDGET[language]
    assert all(segments(text).segments <= LONGEST_MESSAGE for text in phone.received)


def test_by_sms_it_is_offered_by_a_number() -> None:
    phone = submitted("fr")
    number = phone.state.offered.index("do:receipt") + 1
    assert link(phone) in phone.say(str(number))


def test_it_is_the_same_link_however_often_it_is_asked_for() -> None:
    phone = submitted("fr")
    phone.wait(hours=3)
    assert link(phone) in phone.say("reçu")
    assert link(phone) in phone.say(choice="do:receipt")


def test_after_it_nothing_else_changed() -> None:
    phone = submitted("fr")
    phone.say("reçu")
    assert phone.state.at == "extras"
    assert "do:complete" in phone.state.offered


def test_on_whatsapp_the_link_comes_with_the_reference() -> None:
    phone = submitted("fr", channel="whatsapp")
    assert link(phone) in phone.received[-1].splitlines()


def test_on_the_page_the_card_has_it() -> None:
    phone = filled("fr", channel="web")
    phone.say(choice="do:submit")
    [card] = cards(phone)
    assert card.receipt == link(phone)
    assert phone.outcome is not None
    shown = render(phone.outcome.replies[0], "fr", "web")
    assert shown.card is not None
    assert shown.card["receipt"] == link(phone)
    assert link(phone) not in shown.text


def test_on_the_page_it_is_fetched_again_as_a_card() -> None:
    phone = filled("ar", channel="web")
    phone.say(choice="do:submit")
    phone.say("الوصل")
    assert [card.receipt for card in cards(phone)] == [link(phone)]


def test_one_that_can_be_fetched_no_more_is_told_so() -> None:
    phone = submitted("fr")
    phone.receipts.clear()
    answer = phone.say("reçu")
    assert "plus disponible" in answer
    assert "/receipts/" not in answer


def test_where_nothing_was_sent_there_is_none() -> None:
    phone = filled("fr")
    answer = phone.say("reçu")
    assert "vient à la fin" in answer
    assert "/receipts/" not in answer
    assert phone.state.at == "review"


def test_later_it_takes_the_number_and_a_proof() -> None:
    phone = submitted("fr")
    phone.wait(days=2)
    answer = phone.say("reçu")
    assert phone.state.asked == "reference"
    assert "/receipts/" not in answer


@pytest.mark.parametrize(("channel", "told"), [("whatsapp", True), ("sms", True), ("ussd", False)])
def test_the_status_tells_it_to_the_sender_who_declared(channel: str, told: bool) -> None:
    phone = Phone(channel)  # type: ignore[arg-type]
    phone.statuses[("100000000025", "4511")] = StatusView(
        "declare_birth", "received", receipt="A" * 43
    )
    phone.say("suivi de ma demande 1000 0000 0025")
    phone.say("100000000025")
    answer = phone.say("4511")
    assert (f"https://hala.example.ma/receipts/{'A' * 43}.pdf" in answer) is told


def test_the_status_tells_nobody_else() -> None:
    phone = Phone("whatsapp")
    phone.statuses[("100000000025", "4511")] = StatusView("declare_birth", "received")
    phone.say("100000000025")
    assert "/receipts/" not in phone.say("4511")
