"""Deaths told in tests: the answers of invented people, and how each is typed."""

from __future__ import annotations

from bot.dialogue.messages import Entity, Understood
from tests.dialogue.births import YES, reads
from tests.support.phone import Phone, Reader

# Question -> what is typed, in the order the flow asks; the opening and the notice come before.
FRENCH = {
    "declarant_capacity": "1",
    "deceased": "Brahim Oulhaj",
    "deceased_sex": "homme",
    "death_date": "17/11",
    "death_place": "hopital Al Amal, Témara",
    "death_certificate_held": "oui",
    "deceased_cnie": "ad 112233",
    "declarant_name": "Hassan Oulhaj",
    "declarant_cnie": "ad 234511",
}
ARABIC = {
    "declarant_capacity": "1",
    "deceased": "إبراهيم أولحاج",
    "deceased_sex": "رجل",
    "death_date": "البارح",
    "death_place": "مستشفى الأمل بتمارة",
    "death_certificate_held": "نعم",
    "deceased_cnie": "AD112233",
    "declarant_name": "حسن أولحاج",
    "declarant_cnie": "AD234511",
}
ANSWERS = {"fr": FRENCH, "ar": ARABIC}
OPENING = {"fr": "je veux déclarer un décès", "ar": "بغيت نصرح بالوفاة"}


def declares_death(*entities: Entity) -> Reader:
    """Understanding that reads every text as a death, with these entities."""
    return lambda _text: Understood("declare_death", "declare_death", 0.95, entities)


def announced(language: str = "fr", **phone: object) -> Phone:
    """A phone on which a death was announced; the notice waits for its answer."""
    phone.setdefault("understand", declares_death())
    one = Phone(**phone)  # type: ignore[arg-type]
    one.say(OPENING[language])
    return one


def opened(language: str = "fr", **phone: object) -> Phone:
    """A phone on which the notice was agreed to."""
    one = announced(language, **phone)
    one.say("1")
    one.understand = reads()
    return one


def at(question: str, language: str = "fr", **changed: str) -> Phone:
    """A phone at a question of the core ring, the questions before it answered as usual or as
    `changed` says."""
    phone = opened(language)
    for asked, typed in {**ANSWERS[language], **changed}.items():
        if phone.state.asked == question:
            return phone
        if phone.state.asked == asked:
            phone.say(typed)
    assert phone.state.asked == question
    return phone


def filled(language: str = "fr", **changed: str) -> Phone:
    """A phone that stands at the review."""
    phone = opened(language)
    for asked, typed in {**ANSWERS[language], **changed}.items():
        if phone.state.asked == asked:
            phone.say(typed)
    return phone


def submitted(language: str = "fr", **changed: str) -> Phone:
    """A phone whose death has its reference."""
    one = filled(language, **changed)
    one.say(YES[language])
    return one
