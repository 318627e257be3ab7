"""Wanders through conversations at random, buttons of long ago and odd readings included: nothing
raises, nothing is met with silence, and a reference can always be reached."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from bot.dialogue.events import date_given, identity_given
from bot.dialogue.messages import Entity, Understood
from bot.dialogue.resuming import proof_of
from tests.dialogue import deaths, marriages
from tests.dialogue.births import ARABIC, FRENCH, reads
from tests.dialogue.test_any_order import INTERRUPTIONS, LEADS_BACK
from tests.support.phone import Phone

WORDS = [
    *INTERRUPTIONS["fr"].split(";"),
    *INTERRUPTIONS["ar"].split(";"),
    *FRENCH.values(),
    *ARABIC.values(),
    *deaths.FRENCH.values(),
    *deaths.ARABIC.values(),
    *marriages.ANSWERS[marriages.MARRIAGE]["fr"].values(),
    *marriages.ANSWERS[marriages.DIVORCE]["ar"].values(),
    *("à l'étranger", "France", "Casablanca", "à la maison, Casablanca", "10/10", "autre", "6"),
    *("hier ou avant-hier", "suivre mon dossier", "zzz", "1", "1", "2", "3", "oui", "oui", "non"),
]
BUTTONS = [
    f"do:{name}"
    for name in [
        "resume",
        "other",
        "anew",
        "twin",
        "complete",
        "submit",
        "consent_yes",
        "consent_no",
        "cancel_yes",
        "cancel_no",
        "again",
        "pause",
        "start_check_status",
        "start_declare_birth",
        "start_declare_death",
        "start_declare_marriage",
        "start_declare_divorce",
        "mention",
        "copies",
        "only_papers",
        "late_papers",
        "papers",
        "edit_ask",
        "menu",
        "agent",
        "forget",
        "skip",
    ]
] + [
    *("edit:mother", "edit:birth_place", "edit:father_cnie", "answer:child_sex=male"),
    *("answer:declarant_capacity=other", "pick:birth_date=0", "pick:birth_commune=1"),
    *("edit:husband", "edit:divorce_date", "answer:declarant_capacity=wife"),
    *(
        "answer:marriage_country=MA",
        "edit:deceased",
        "answer:death_certificate_held=no",
        "answer:deceased_sex=female",
    ),
    *("skip:mother", "skip:reference", "answer:reference=1", "ask:no/such"),
]
TOPICS = [
    "declare_birth",
    "check_status",
    "declare_death",
    "declare_marriage",
    "declare_divorce",
    "talk_to_agent",
    "cancel",
    "go_back",
    "help",
    "change_language",
    "greet",
    "thanks",
    "affirm",
    "deny",
    "fees",
    "required_documents",
    "procedure_death/general",
    "out_of_scope",
    "order_copy",
]
ENTITIES = [
    *(Entity("date", "hier"), Entity("sex", "fille"), Entity("given_name", "Lina", "child")),
    *(Entity("person", "Karim Tazi", "father"), Entity("place", "hopital")),
    *(Entity("commune", "salé"), Entity("country", "France"), Entity("time", "7h30")),
    *(Entity("reference", "147108293365"), Entity("relation", "ma soeur")),
]
STEPS = 40
WAY_OUT = 40
# What is typed on the straight way, where the usual birth has no answer.
MORE_ANSWERS = {
    **marriages.ANSWERS[marriages.DIVORCE]["fr"],
    **marriages.ANSWERS[marriages.MARRIAGE]["fr"],
    **deaths.FRENCH,
    **FRENCH,
    "declarant_name": "Omar Tazi",
    "marriage_date": "20/09/2015",
    "divorce_country": "1",
    "death_country": "France",
    "death_commune": "Témara",
    "death_arrondissement": "0",
    "birth_country": "France",
    "birth_commune": "Témara",
    "birth_arrondissement": "0",
    "contact_phone": "0612345678",
}


def reads_anything(chance: random.Random) -> Callable[[str], Understood | None]:
    """Understanding at its worst: away, unsure, or sure of something else."""

    def read(_text: str) -> Understood | None:
        if chance.random() < 0.2:
            return None
        topic = chance.choice(TOPICS)
        found = tuple(chance.sample(ENTITIES, chance.randint(0, 3)))
        return Understood(topic.partition("/")[0], topic, chance.choice([0.2, 0.5, 0.9]), found)

    return read


def wander(phone: Phone, chance: random.Random) -> None:
    """One step at random; every message must be answered."""
    drawn = chance.random()
    if drawn < 0.03:
        phone.wait(hours=30)
    elif drawn < 0.05:
        phone.draft = None  # expired
    elif drawn < 0.2:
        assert phone.say("", choice=chance.choice(BUTTONS))
    elif drawn < 0.23:
        assert phone.say("", media="image")
    else:
        assert phone.say(chance.choice(WORDS))


def proof(phone: Phone) -> str:
    """What only the author of the draft knows."""
    assert phone.draft is not None
    values = phone.values
    match proof_of(phone.draft):
        case "identity":
            return str(identity_given(values))
        case "date":
            return "/".join(reversed(str(date_given(phone.draft)).split("-")))
        case _:
            return next(str(v) for step, v in values.items() if "given_name" in step)


def next_word(phone: Phone) -> str:
    """What somebody types who only wants to get to the end."""
    state = phone.state
    if phone.draft is None or phone.draft.status == "cancelled":
        return "1" if state.offered[:1] == ["do:start_declare_birth"] else "menu"
    if state.aside.get("proof_tries", 0) >= 3:
        phone.wait(hours=30)
        return "menu"
    if state.asked == "proof":
        return proof(phone)
    if state.side:
        return "annuler"
    places = {**LEADS_BACK, "late": "3", "callback_phone": "0612345678", "menu": "compléter"}
    straight = {"review": "oui", "consent": "oui", **places}
    return straight.get(state.at) or MORE_ANSWERS.get(state.asked, "menu")


@pytest.mark.parametrize("channel", ["sms", "web"])
@pytest.mark.parametrize("seed", range(30))
def test_wherever_a_walk_leads_the_end_is_in_reach(seed: int, channel: str) -> None:
    chance = random.Random(seed)
    msisdn = "+212612345678" if channel == "sms" else None
    phone = Phone(channel, reads_anything(chance), msisdn=msisdn)  # type: ignore[arg-type]
    for _ in range(STEPS):
        wander(phone, chance)
    phone.understand = reads()
    for _ in range(WAY_OUT):
        if phone.draft and phone.draft.status == "submitted":
            return
        phone.say(next_word(phone))
    raise AssertionError(f"no end from {phone.state.at}, {phone.state.asked}")
