"""Marriages and divorces told in tests: the answers of invented people, and how each is typed."""

from __future__ import annotations

from bot.dialogue.messages import Entity, Understood
from tests.dialogue.births import YES, reads
from tests.support.phone import Phone, Reader

MARRIAGE, DIVORCE = "declare_marriage", "declare_divorce"
_TWO_FRENCH = {
    "declarant_capacity": "1",
    "husband": "Karim Tazi",
    "husband_cnie": "ad 112233",
    "husband_birth_commune": "Témara",
    "wife": "Salma Fassi",
    "wife_cnie": "ad 445566",
    "wife_birth_commune": "Salé",
}
_TWO_ARABIC = {
    "declarant_capacity": "1",
    "husband": "كريم التازي",
    "husband_cnie": "AD112233",
    "husband_birth_commune": "تمارة",
    "wife": "سلمى الفاسي",
    "wife_cnie": "AD445566",
    "wife_birth_commune": "سلا",
}
# Flow -> language -> question -> what is typed, in the order the flow asks.
ANSWERS = {
    MARRIAGE: {
        "fr": {
            **_TWO_FRENCH,
            "marriage_date": "20/09/2025",
            "marriage_country": "France",
            "marriage_act_reference": "123 de 2025",
        },
        "ar": {
            **_TWO_ARABIC,
            "marriage_date": "20/09/2025",
            "marriage_country": "المغرب",
            "marriage_act_reference": "123 سنة 2025",
        },
    },
    DIVORCE: {
        "fr": {
            **_TWO_FRENCH,
            "marriage_date": "20/09/2015",
            "divorce_date": "03/11/2025",
            "divorce_act_reference": "45 de 2025",
        },
        "ar": {
            **_TWO_ARABIC,
            "marriage_date": "20/09/2015",
            "divorce_date": "03/11/2025",
            "divorce_act_reference": "45 سنة 2025",
        },
    },
}
OPENING = {
    MARRIAGE: {"fr": "je veux déclarer mon mariage", "ar": "بغيت نسجل الزواج ديالي"},
    DIVORCE: {"fr": "je veux déclarer mon divorce", "ar": "بغيت نسجل الطلاق ديالي"},
}


def declares(flow: str, *entities: Entity) -> Reader:
    """Understanding that reads every text as this event, with these entities."""
    return lambda _text: Understood(flow, flow, 0.95, entities)


def announced(flow: str, language: str = "fr", **phone: object) -> Phone:
    """A phone on which the event was announced; the notice waits for its answer."""
    phone.setdefault("understand", declares(flow))
    one = Phone(**phone)  # type: ignore[arg-type]
    one.say(OPENING[flow][language])
    return one


def opened(flow: str, language: str = "fr", **phone: object) -> Phone:
    """A phone on which the notice was agreed to."""
    one = announced(flow, language, **phone)
    one.say("1")
    one.understand = reads()
    return one


def at(flow: str, question: str, language: str = "fr", **changed: str) -> Phone:
    """A phone at a question of the core ring."""
    phone = opened(flow, language)
    for asked, typed in {**ANSWERS[flow][language], **changed}.items():
        if phone.state.asked == question:
            break
        if phone.state.asked == asked:
            phone.say(typed)
    assert phone.state.asked == question
    return phone


def filled(flow: str, language: str = "fr", **changed: str) -> Phone:
    """A phone that stands at the review."""
    phone = opened(flow, language)
    for asked, typed in {**ANSWERS[flow][language], **changed}.items():
        if phone.state.asked == asked:
            phone.say(typed)
    return phone


def submitted(flow: str, language: str = "fr", **changed: str) -> Phone:
    """A phone whose declaration has its reference."""
    one = filled(flow, language, **changed)
    one.say(YES[language])
    return one
