"""Births told in tests: the answers of invented people, and how each is typed."""

from __future__ import annotations

from bot.dialogue.messages import Entity, Understood
from tests.support.phone import Phone, Reader

# Question -> what is typed, in the order the flow asks; the opening and the notice come before.
FRENCH = {
    "declarant_capacity": "1",
    "birth_date": "17/11",
    "birth_place": "hopital Al Amal, Témara",
    "child_sex": "fils",
    "child_name": "Ilyas",
    "father": "Hassan Ait Brahim",
    "mother": "Zineb Amrani",
    "declarant_cnie": "ad 234511",
}
ARABIC = {
    "declarant_capacity": "1",
    "birth_date": "البارح",
    "birth_place": "مستشفى الأمل بتمارة",
    "child_sex": "ولد",
    "child_name": "إلياس",
    "father": "حسن أيت براهيم",
    "mother": "زينب العمراني",
    "declarant_cnie": "AD234511",
}
YES = {"fr": "oui", "ar": "نعم"}


def declares_birth(*entities: Entity) -> Reader:
    """Understanding that reads every text as a birth, with these entities."""
    return lambda _text: Understood("declare_birth", "declare_birth", 0.95, entities)


def reads(**texts: str) -> Reader:
    """Understanding that knows some texts: by text, its topic; everything else is out of scope."""

    def read(text: str) -> Understood:
        topic = texts.get(text, "out_of_scope")
        return Understood(topic.partition("/")[0], topic, 0.9)

    return read


def opened(language: str = "fr", **phone: object) -> Phone:
    """A phone on which a birth was announced and the notice agreed to."""
    phone.setdefault("understand", declares_birth())
    one = Phone(**phone)  # type: ignore[arg-type]
    one.say("je veux déclarer une naissance" if language == "fr" else "بغيت نسجل ولدي")
    one.say("1")
    return one


def filled(language: str = "fr", **phone: object) -> Phone:
    """A phone that stands at the review."""
    one = opened(language, **phone)
    for typed in (FRENCH if language == "fr" else ARABIC).values():
        one.say(typed)
    return one


def submitted(language: str = "fr", **phone: object) -> Phone:
    """A phone whose birth has its reference."""
    one = filled(language, **phone)
    one.say(YES[language])
    return one


def at(question: str, language: str = "fr") -> Phone:
    """A phone at a question of the core ring; understanding reads nothing."""
    phone = opened(language)
    for typed in (FRENCH if language == "fr" else ARABIC).values():
        if phone.state.asked == question:
            break
        phone.say(typed)
    phone.understand = reads()
    assert phone.state.asked == question
    return phone
