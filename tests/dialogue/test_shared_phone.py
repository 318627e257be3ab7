"""A phone a family shares: after a day nothing of a declaration shows before its author's proof."""

from __future__ import annotations

import pytest

from bot.dialogue.effects import EraseSender, SubmitDeclaration
from bot.dialogue.messages import Entity
from tests.dialogue.births import FRENCH, declares_birth, filled, opened, reads, submitted
from tests.support.phone import Phone

SECRETS = ("Ilyas", "إلياس", "Hassan", "Zineb", "AD2", "Témara", "17 novembre")
INBOUND = [
    {"text": ""},
    {"text": "bonjour"},
    {"text": "résumé"},
    {"text": "retour"},
    {"text": "1"},
    {"text": "oui"},
    {"text": "STOP"},
    {"text": "REPRENDRE"},
    {"text": "aide"},
    {"text": "agent"},
    {"text": "العربية"},
    {"text": "le nom de la mère est faux"},
    {"text": "le bébé est mort"},
    {"text": "annuler"},
    {"media": "image"},
    {"choice": "edit:child_name"},
    {"choice": "do:review"},
    {"choice": "do:submit"},
    {"choice": "do:complete"},
]


def away(phone: Phone) -> Phone:
    """The same phone a day and more later."""
    phone.understand = reads()
    phone.wait(hours=30)
    return phone


def shows(text: str) -> list[str]:
    """What a reply shows of the declaration."""
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("reach", [filled, submitted], ids=["open", "sent"])
@pytest.mark.parametrize("first", INBOUND, ids=str)
def test_nothing_is_shown_or_changed_before_the_proof(reach, first) -> None:  # type: ignore[no-untyped-def]
    phone = away(reach("fr"))
    before, sent = phone.values, len(phone.effects)
    replies = [phone.say(**first)]
    replies += [phone.say(**again) for again in ({"text": "résumé"}, {"text": "retour"}, first)]
    assert shows("\n".join(replies)) == []
    assert phone.values == before
    assert not [e for e in phone.effects[sent:] if isinstance(e, SubmitDeclaration)]


def test_within_the_day_everything_is_shown() -> None:
    phone = filled("fr")
    phone.wait(hours=20)
    assert shows(phone.say("résumé"))


@pytest.mark.parametrize("place", ["menu", "paused", "resume", "language", "cancel"])
def test_no_place_of_the_conversation_opens_it(place: str) -> None:
    phone = filled("fr")
    typed = {"menu": ("menu", "2"), "paused": ("pause",), "resume": ("menu",)}
    for text in typed.get(place, ({"language": "langue", "cancel": "annuler"}.get(place, ""),)):
        phone.say(text)
    away(phone)
    assert shows(phone.say("bonjour") + phone.say("résumé")) == []
    phone.say("menu")
    phone.say("1")
    assert phone.state.asked == "proof"
    phone.say("4511")
    assert phone.state.at == "review"


def test_three_wrong_proofs_close_it_until_another_day() -> None:
    phone = away(filled("fr"))
    phone.say("bonjour")
    phone.say("1")
    for wrong in ("0000", "1111", "2222"):
        phone.say(wrong)
    for text in ("menu", "1", "4511"):
        assert shows(phone.say(text)) == []
    away(phone).say("bonjour")
    phone.say("1")
    phone.say("4511")
    assert phone.state.at == "review"


def test_a_greeting_at_the_proof_costs_no_try() -> None:
    phone = away(filled("fr"))
    for text in ("bonjour", "1", "bonjour", "merci", "pourquoi", "aide"):
        phone.say(text)
    assert "proof_tries" not in phone.state.aside
    phone.say("1")
    phone.say("4511")
    assert phone.state.at == "review"


def test_where_only_a_name_is_known_the_name_is_the_proof() -> None:
    phone = Phone(understand=declares_birth(Entity("given_name", "Ilyas", "child")))
    phone.say("je veux déclarer la naissance d'Ilyas")
    phone.say("1")
    away(phone).say("résumé")
    assert "prénom" in phone.say("1")
    assert "ne correspond pas" in phone.say("Adam")
    phone.say("ilyas")
    assert phone.state.asked == "declarant_capacity"


def test_where_nothing_personal_is_known_no_proof_is_asked() -> None:
    phone = away(opened("fr"))
    assert "pas finie" in phone.say("bonjour")
    phone.say("1")
    assert phone.state.asked == "declarant_capacity"


def test_another_person_may_begin_their_own_and_the_first_is_not_shown() -> None:
    phone = away(filled("fr"))
    first = phone.draft.id if phone.draft else ""
    phone.understand = declares_birth()
    phone.say("bonjour")
    assert "autre" in phone.say("je veux déclarer une naissance")
    phone.say("2")
    assert phone.state.at == "consent"
    assert phone.draft is not None
    assert phone.draft.id != first
    assert shows(phone.say("1")) == []


def test_an_unfinished_declaration_is_not_lost_for_a_new_one() -> None:
    phone = filled("fr")
    for text in ("menu", "2", "1"):
        phone.say(text)
    assert phone.state.at == "resume"
    phone.say("1")
    assert phone.state.at == "review"
    assert phone.values["child_given_name_latin"] == FRENCH["child_name"]


def test_forgetting_works_without_a_proof() -> None:
    phone = away(filled("fr"))
    phone.say("bonjour")
    phone.say("effacer")
    phone.say("oui")
    assert phone.draft is None
    assert any(isinstance(e, EraseSender) for e in phone.effects)


def test_what_was_sent_is_completed_after_the_proof() -> None:
    phone = away(submitted("fr"))
    phone.say("compléter")
    assert phone.state.asked == "proof"
    phone.say("4511")
    assert phone.state.asked == "mother_cnie"
