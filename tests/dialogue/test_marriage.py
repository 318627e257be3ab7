"""Marriages and divorces: who has nothing to do hears so first; a divorce is shown to its author
alone."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue.effects import OpenTicket, SubmitDeclaration
from bot.dialogue.messages import Entity
from bot.dialogue.papers import are_locked, papers_of
from tests.dialogue.births import reads
from tests.dialogue.marriages import (
    ANSWERS,
    DIVORCE,
    MARRIAGE,
    announced,
    at,
    declares,
    filled,
    opened,
    submitted,
)
from tests.support.phone import Phone

BOTH = [MARRIAGE, DIVORCE]
MESSAGES_TYPED = 13
SEGMENTS = {"fr": 22, "ar": 26}
NOTHING_TO_DO = {"fr": "vous n'avez rien à déclarer", "ar": "لا يلزمكما تصريح"}


def sent(phone: Phone) -> SubmitDeclaration:
    """What the register would receive."""
    [found] = [e for e in phone.effects if isinstance(e, SubmitDeclaration)]
    return found


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("flow", BOTH)
def test_one_of_the_two_reaches_the_reference_within_the_budget(flow: str, language: str) -> None:
    phone = submitted(flow, language)
    assert phone.outcome is not None
    assert str(phone.outcome.reference)[0] == {MARRIAGE: "3", DIVORCE: "4"}[flow]
    assert len(phone.sent) <= MESSAGES_TYPED
    assert phone.segments_out <= SEGMENTS[language]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("flow", BOTH)
def test_before_anything_is_asked_it_is_said_that_the_mention_comes_by_itself(
    flow: str, language: str
) -> None:
    phone = announced(flow, language)
    assert NOTHING_TO_DO[language] in phone.received[0] + phone.received[1]
    assert phone.state.at == "consent"
    assert phone.state.offered == [
        "do:consent_yes", "do:only_papers", "do:agent", "do:consent_no"
    ]  # fmt: skip
    again = phone.say("aide")
    assert NOTHING_TO_DO[language] not in again


@pytest.mark.parametrize("flow", BOTH)
def test_the_papers_or_a_person_may_be_chosen_instead(flow: str) -> None:
    phone = announced(flow)
    assert "CNIE" in phone.say("2")
    assert phone.values == {}
    phone.say("2")
    assert [e for e in phone.effects if isinstance(e, OpenTicket)]
    assert phone.say("continuer")
    assert phone.state.at == "declarant_capacity"


@pytest.mark.parametrize("flow", BOTH)
def test_nobody_is_congratulated_nor_blamed(flow: str) -> None:
    said = "\n".join([*submitted(flow, "fr").received, *submitted(flow, "ar").received])
    for word in ("élicit", "bonheur", "désolé", "regret", "مبروك", "تهان", "نأسف", "!", "raison"):
        assert word not in said


def test_what_is_submitted_of_a_marriage_abroad() -> None:
    record = sent(submitted(MARRIAGE))
    assert record.values["declarant_capacity"] == "spouse"
    assert record.values["husband_given_name_ar"] == "كريم"
    assert record.values["wife_given_name_latin"] == "Salma"
    assert record.values["marriage_country"] == "FR"
    assert record.missing == ()
    assert record.last_day == date(2025, 12, 22)


def test_in_morocco_no_delay_is_said_and_the_offices_of_birth_are_named() -> None:
    phone = submitted(MARRIAGE, marriage_country="1")
    assert sent(phone).last_day is None
    assert "lieu de naissance de chaque époux" in phone.received[-1]
    assert "au plus tard" not in "\n".join(phone.received)


def test_abroad_the_consulate_has_three_months() -> None:
    phone = at(MARRIAGE, "marriage_country")
    assert "dans les 3 mois" in phone.say("Belgique")
    phone.say("12/2025")
    phone.say("oui")
    assert "consulat du Maroc" in phone.received[-1]
    assert "lundi 22 décembre 2025" in phone.received[-1]


def test_after_three_months_nothing_is_refused() -> None:
    phone = at(MARRIAGE, "marriage_country", marriage_date="10/01/2024")
    assert "délai habituel est passé" in phone.say("France")
    assert phone.state.asked == "marriage_act_reference"
    phone.say("7 de 2024")
    phone.say("oui")
    assert sent(phone).last_day is None
    assert "2024" not in phone.received[-1]


def test_little_time_is_said_at_once() -> None:
    phone = at(MARRIAGE, "marriage_country", marriage_date="22/08/2025")
    assert "lundi 24 novembre 2025" in phone.say("France")


@pytest.mark.parametrize("capacity", ["2", "moi la femme", "épouse"])
def test_the_wife_is_asked_for_her_own_name_and_card(capacity: str) -> None:
    phone = opened(MARRIAGE)
    phone.say(capacity)
    assert phone.values["declarant_capacity"] == "spouse"
    assert phone.values["declarant_spouse"] == "wife"
    assert "de l'époux" in phone.received[-1]
    for typed in ("Karim Tazi", "0", "0"):
        phone.say(typed)
    assert phone.received[-1] == "Votre nom complet?"


def test_a_relative_declares_and_is_asked_of_both() -> None:
    phone = opened(MARRIAGE)
    phone.say("3")
    phone.say("le père")
    assert phone.values["declarant_capacity"] == "father"
    assert "declarant_spouse" not in phone.values
    assert "de l'époux" in phone.received[-1]
    for asked, typed in ANSWERS[MARRIAGE]["fr"].items():
        if phone.state.asked == asked:
            phone.say(typed)
    assert "déclare: le père" in "\n".join(phone.received[-2:])
    phone.say("oui")
    assert sent(phone).missing == ()


@pytest.mark.parametrize(
    ("flow", "date_step", "country"),
    [(MARRIAGE, "marriage_date", "marriage_country"), (DIVORCE, "divorce_date", "divorce_country")],
)
def test_the_opening_sentence_is_not_asked_again(flow: str, date_step: str, country: str) -> None:
    said = declares(flow, Entity("date", "hier"), Entity("country", "France"))
    phone = announced(flow, understand=said)
    assert phone.values[date_step] == "2025-11-20"
    assert phone.values[country] == "FR"
    here = announced(flow, understand=declares(flow, Entity("commune", "Meknès")))
    assert here.values == {country: "MA"}
    mine = announced(flow, understand=declares(flow, Entity("relation", "mon mari")))
    assert mine.values == {"declarant_capacity": "spouse", "declarant_spouse": "wife"}
    sister = Phone(understand=declares(flow, Entity("relation", "ma soeur")))
    sister.say("c'est pour ma soeur")
    assert sister.draft is not None
    assert sister.draft.helper


def test_a_divorce_before_the_marriage_is_refused_and_the_rest_kept() -> None:
    phone = at(DIVORCE, "divorce_date")
    before = phone.values
    reply = phone.say("01/01/2014")
    assert "Le divorce vient après le mariage" in reply
    assert phone.values == before
    assert phone.state.asked == "divorce_date"
    phone.say("03/11/2025")
    phone.say("45 de 2025")
    phone.say("", choice="edit:marriage_date")
    assert "Le divorce vient après le mariage" in phone.say("04/11/2025")
    assert phone.values["marriage_date"] == "2015-09-20"
    phone.say("20/09/2016")
    assert phone.state.at == "review"


@pytest.mark.parametrize(
    ("married", "divorced", "fits"),
    [
        ("2015", "2015", True),
        ("2015", "03/11/2015", True),
        ("20/09/2015", "2015", True),
        ("20/09/2015", "2014", False),
        ("2015", "03/11/2014", False),
    ],
)
def test_a_year_alone_is_enough_and_kept_in_order(married: str, divorced: str, fits: bool) -> None:
    phone = at(DIVORCE, "divorce_date", marriage_date=married)
    reply = phone.say(divorced)
    assert ("Le divorce vient après le mariage" in reply) is not fits
    assert (phone.state.asked == "divorce_act_reference") is fits


def test_of_two_readings_only_those_in_order_are_offered() -> None:
    phone = at(DIVORCE, "divorce_date", marriage_date="20/11/2025")
    phone.say("hier ou avant-hier")
    assert phone.values["divorce_date"] == "2025-11-20"
    phone = at(DIVORCE, "divorce_date", marriage_date="20/11/2025")
    assert "Le divorce vient après" in phone.say("lundi ou mardi")


def test_a_marriage_abroad_of_which_only_the_year_is_known_has_no_last_day() -> None:
    phone = submitted(MARRIAGE, marriage_date="2019")
    assert sent(phone).values["marriage_date"] == "2019"
    assert sent(phone).last_day is None
    assert "consulat du Maroc" in phone.received[-1]


def test_a_year_alone_is_a_proof_too() -> None:
    phone = at(DIVORCE, "divorce_date", marriage_date="2015", husband_cnie="0", wife_cnie="0")
    phone.wait(hours=2)
    phone.say("bonjour")
    phone.say("1")
    phone.say("2014")
    assert phone.state.asked == "proof"
    phone.say("2015")
    assert phone.state.asked == "divorce_date"


def test_a_day_that_has_not_come_is_refused() -> None:
    phone = at(DIVORCE, "divorce_date")
    assert "pas encore passée" in phone.say("25/12/2025")
    phone = at(MARRIAGE, "marriage_date")
    assert "pas encore passée" in phone.say("25/12/2025")


def test_the_day_of_marriage_and_divorce_may_be_the_same() -> None:
    phone = at(DIVORCE, "divorce_date")
    phone.say("20/09/2015")
    assert phone.values["divorce_date"] == "2015-09-20"


def test_where_one_was_born_may_be_abroad() -> None:
    for typed in ("0", "à l'étranger"):
        phone = at(MARRIAGE, "husband_birth_commune")
        phone.say(typed)
        assert phone.state.asked == "wife"
    assert "husband_birth_commune" in sent(submitted(MARRIAGE, husband_birth_commune="0")).missing


@pytest.mark.parametrize("flow", BOTH)
def test_completing_asks_what_finds_the_acts(flow: str) -> None:
    phone = submitted(flow)
    phone.say("", choice="do:complete")
    asked = []
    while phone.state.asked:
        asked.append(phone.state.asked)
        phone.say("passer")
    wanted = [
        f"{who}_birth_{what}"
        for who in ("husband", "wife")
        for what in ("date", "act_number", "act_year")
    ]
    assert asked[:6] == wanted
    last = {MARRIAGE: ["marriage_court"], DIVORCE: ["divorce_kind", "divorce_court"]}[flow]
    assert asked[6:] == [*last, *(["divorce_country"] if flow == DIVORCE else [])]


def test_a_divorce_abroad_leads_to_the_consulate() -> None:
    said = declares(DIVORCE, Entity("country", "France"))
    phone = announced(DIVORCE, understand=said)
    phone.understand = reads()
    phone.say("1")
    for asked, typed in ANSWERS[DIVORCE]["fr"].items():
        if phone.state.asked == asked:
            phone.say(typed)
    phone.say("oui")
    assert "consulat du Maroc" in phone.received[-1]


SECRETS = ("divorce", "Karim", "Salma", "AD1", "Témara", "mariage")


def test_a_divorce_is_never_named_to_whoever_holds_the_phone() -> None:
    phone = filled(DIVORCE)
    phone.wait(minutes=40)
    for text in ("bonjour", "résumé", "menu", "1"):
        reply = phone.say(text)
        assert [s for s in SECRETS if s in reply.replace("mariage ou divorce", "")] == []
    assert phone.state.asked == "proof"
    phone.say("5566")  # the other spouse's card proves nothing
    assert phone.state.asked == "proof"
    phone.say("2233")
    assert phone.state.at == "review"


def test_a_marriage_is_trusted_to_the_phone_for_a_day() -> None:
    phone = filled(MARRIAGE)
    phone.wait(hours=20)
    assert "Karim" in phone.say("résumé")


def test_a_divorce_begun_without_a_card_is_opened_by_a_day_that_was_given() -> None:
    phone = at(DIVORCE, "divorce_date", husband_cnie="0", wife_cnie="0")
    phone.wait(hours=2)
    phone.say("bonjour")
    phone.say("1")
    assert phone.state.asked == "proof"
    phone.say("20/09/2015")
    assert phone.state.asked == "divorce_date"


def test_the_papers_of_a_divorce_are_locked_after_half_an_hour() -> None:
    for flow, locked in ((DIVORCE, True), (MARRIAGE, False)):
        phone = filled(flow)
        assert phone.draft is not None
        phone.wait(minutes=40)
        assert are_locked(phone.state, phone.draft, "whatsapp", phone.world.now) is locked


def test_each_has_its_papers() -> None:
    for flow, paper in ((MARRIAGE, "marriage_act"), (DIVORCE, "divorce_act")):
        draft = filled(flow).draft
        assert draft is not None
        assert papers_of(draft) == (paper, "identity")


def test_the_menu_leads_to_either() -> None:
    phone = Phone(understand=reads())
    phone.say("menu")
    phone.say("3")
    assert phone.state.offered == ["do:start_declare_marriage", "do:start_declare_divorce"]
    phone.say("2")
    assert phone.draft is not None
    assert phone.draft.flow == DIVORCE


def test_the_menu_tells_of_copies_and_is_two_segments_at_most() -> None:
    for language in ("français", "العربية"):
        phone = Phone(understand=reads())
        phone.say(language)
        phone.say("menu")
        used = phone.segments_out
        phone.say("menu")
        assert phone.segments_out - used <= 2
        assert "watiqa" in phone.say("4")
