"""A death from the first sentence to the reference: few words, nothing that hurts, nothing asked of
its cause."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue.effects import OpenTicket, SubmitDeclaration
from bot.dialogue.messages import Entity, Understood
from bot.dialogue.papers import papers_of
from bot.wording import sentence
from tests.dialogue.births import FRENCH as BIRTH
from tests.dialogue.births import declares_birth, reads
from tests.dialogue.births import opened as birth_opened
from tests.dialogue.births import submitted as birth_submitted
from tests.dialogue.deaths import announced, at, declares_death, filled, opened, submitted
from tests.support.phone import Phone

MESSAGES_TYPED = 12
SEGMENTS = {"fr": 18, "ar": 22}


def sent(phone: Phone) -> SubmitDeclaration:
    """What the register would receive."""
    [found] = [e for e in phone.effects if isinstance(e, SubmitDeclaration)]
    return found


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_relative_reaches_the_reference_within_the_budget(language: str) -> None:
    phone = submitted(language)
    assert phone.outcome is not None
    assert str(phone.outcome.reference).startswith("2")
    assert len(phone.sent) <= MESSAGES_TYPED
    assert phone.segments_out <= SEGMENTS[language]


def test_what_is_submitted_holds_what_was_answered() -> None:
    record = sent(submitted("fr"))
    assert record.kind == "declare_death"
    assert record.values["declarant_capacity"] == "child"
    assert record.values["deceased_given_name_latin"] == "Brahim"
    assert record.values["deceased_given_name_ar"] == "إبراهيم"
    assert record.values["deceased_sex"] == "male"
    assert record.values["death_place_kind"] == "hospital"
    assert record.values["death_certificate_held"] is True
    assert record.missing == ()
    assert record.last_day == date(2025, 12, 17)


@pytest.mark.parametrize(("language", "words"), [("fr", "condoléances"), ("ar", "تعازينا")])
def test_condolences_are_said_once_and_nothing_is_cheerful(language: str, words: str) -> None:
    said = "\n".join(submitted(language).received)
    assert said.count(words) == 1
    assert "!" not in said
    assert not any(ord(sign) > 0x1F000 for sign in said)


def test_the_notice_offers_a_person_and_the_papers_alone() -> None:
    phone = announced()
    assert phone.state.offered == [
        "do:consent_yes", "do:agent", "do:only_papers", "do:consent_no"
    ]  # fmt: skip
    reply = phone.say("3")
    assert "Certificat de décès" in reply
    assert "procureur" in reply
    assert phone.values == {}
    phone.say("continuer")
    assert phone.state.at == "declarant_capacity"


def test_the_papers_alone_come_with_the_last_day_that_is_known() -> None:
    phone = announced(understand=declares_death(Entity("date", "hier")))
    assert "lundi 22 décembre 2025" in phone.say("3")
    phone.say("2")
    assert [e for e in phone.effects if isinstance(e, OpenTicket)]


def test_a_question_before_the_notice_is_answered_and_the_notice_not_repeated() -> None:
    phone = announced(understand=declares_death(Entity("date", "hier")))
    phone.understand = reads(**{"quels papiers ?": "required_documents"})
    reply = phone.say("quels papiers ?")
    assert "Certificat de décès" in reply
    assert "60 jours" not in reply
    assert phone.state.offered == ["do:consent_yes", "do:agent"]
    phone.say("oui")
    assert phone.state.at == "declarant_capacity"


@pytest.mark.parametrize(
    ("typed", "given", "family"),
    [
        ("mon père Ali Tazi", "Ali", "Tazi"),
        ("feu Ali Tazi", "Ali", "Tazi"),
        ("والدي عبد السلام المريني", "عبد السلام", "المريني"),
        ("المرحومة عائشة المريني", "عائشة", "المريني"),
    ],
)
def test_who_it_was_is_no_part_of_the_name(typed: str, given: str, family: str) -> None:
    phone = at("deceased")
    phone.say(typed)
    script = "latin" if given == "Ali" else "ar"
    assert phone.values[f"deceased_given_name_{script}"] == given
    assert phone.values[f"deceased_family_name_{script}"] == family


def test_a_refused_notice_keeps_nothing() -> None:
    phone = announced(understand=declares_death(Entity("date", "hier")))
    phone.say("non")
    assert phone.values == {}
    assert phone.state.at == "menu"


def test_the_opening_sentence_is_not_asked_again() -> None:
    said = declares_death(
        *(Entity("relation", "bba"), Entity("date", "lbare7"), Entity("place", "sbitar Avicenne")),
        Entity("commune", "Rabat"),
    )
    phone = Phone(understand=said)
    phone.say("bba Allah yrahmo mat lbare7 f sbitar Avicenne f Rabat")
    phone.say("1")
    assert phone.values["declarant_capacity"] == "child"
    assert phone.values["deceased_sex"] == "male"
    assert phone.values["death_date"] == "2025-11-20"
    assert phone.values["death_place_kind"] == "hospital"
    assert phone.values["death_commune"] == "04.421.01.0"
    assert phone.state.asked == "deceased"
    phone.say("إبراهيم أولحاج")
    assert phone.state.asked == "death_certificate_held"


@pytest.mark.parametrize(
    ("relation", "capacity", "sex"),
    [
        ("mon mari", "spouse", "male"),
        ("مراتي", "spouse", "female"),
        ("الوالدة", "child", "female"),
        ("khouya", None, "male"),
        ("جدتي", None, "female"),
    ],
)
def test_who_died_says_who_declares(relation: str, capacity: str | None, sex: str) -> None:
    phone = announced(understand=declares_death(Entity("relation", relation)))
    assert phone.values.get("declarant_capacity") == capacity
    assert phone.values["deceased_sex"] == sex


def test_a_sister_who_died_is_not_one_who_is_helped() -> None:
    phone = Phone(understand=declares_death(Entity("relation", "ma soeur")))
    phone.say("ma soeur est morte hier")
    assert phone.draft is not None
    assert not phone.draft.helper
    helper = Phone(understand=declares_death(Entity("relation", "mon mari")))
    helper.say("j'aide une voisine, mon mari... non, son mari est mort")
    assert helper.draft is not None
    assert helper.draft.helper
    assert "declarant_capacity" not in helper.values


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("clinique Atlas, Salé", "hospital"),
        ("à la maison, Témara", "home"),
        ("chez lui, à Salé", "home"),
        ("في بيتها بسلا", "home"),
        ("dans la rue, Salé", "public_place"),
        ("فالزنقة، سلا", "public_place"),
        ("prison d'Oukacha, Salé", "institution"),
        ("دار المسنين، سلا", "institution"),
        ("f l7abs, sale", "institution"),
        ("hôpital, Paris, France", "abroad"),
    ],
)
def test_kinds_of_place(typed: str, kind: str) -> None:
    phone = at("death_place")
    phone.say(typed)
    assert phone.values["death_place_kind"] == kind


def test_a_birth_in_such_a_place_keeps_the_kinds_of_births() -> None:
    for typed, kind in (("فالشارع، سلا", "on_the_way"), ("prison, Salé", "unknown")):
        phone = birth_opened("fr")
        for text in ("1", "17/11", typed):
            phone.say(text)
        assert phone.values["birth_place_kind"] == kind


def test_an_arrondissement_is_that_of_the_death() -> None:
    phone = at("death_place")
    phone.say("à la maison, Casablanca")
    assert phone.state.asked == "death_arrondissement"
    phone.say("maarif")
    assert phone.state.asked == "death_certificate_held"
    assert sent(_finish(phone)).values["death_commune"] == phone.values["death_arrondissement"]


def _finish(phone: Phone) -> Phone:
    for typed in ("oui", "0", "Hassan Oulhaj", "ad 234511", "oui"):
        phone.say(typed)
    return phone


@pytest.mark.parametrize("text", ["il a eu un accident", "مات فكسيدة", "tué", "l9inah mayet"])
@pytest.mark.parametrize("question", ["declarant_capacity", "deceased", "death_date"])
def test_an_unnatural_death_names_the_prosecutor_and_a_person_once(
    question: str, text: str
) -> None:
    phone = at(question)
    before = phone.values
    reply = phone.say(text)
    assert "procureur" in reply
    assert "AGENT" in reply
    assert phone.state.asked == question
    assert phone.values == before
    assert "procureur" not in phone.say(text)
    assert phone.draft is not None
    assert "prosecutor_authorisation" in papers_of(phone.draft)


def test_an_accident_in_the_opening_and_one_on_the_road() -> None:
    phone = Phone(understand=declares_death())
    assert "procureur" in phone.say("mon frère est mort dans un accident")
    road = at("death_place")
    assert "procureur" in road.say("sur la voie publique, Témara")
    assert road.state.asked == "death_certificate_held"
    assert "autorisation du procureur" in _finish(road).received[-1]


def test_a_natural_death_hears_nothing_of_it_and_no_cause_is_asked() -> None:
    said = "\n".join([*submitted("fr").received, *submitted("ar").received])
    for word in ("procureur", "وكيل الملك", "cause", "de quoi", "سبب"):
        assert word not in said


def test_a_hospital_may_already_have_begun() -> None:
    assert "a pu déjà commencer" in at("death_place").say("hopital, Témara")
    assert "commencer" not in at("death_place").say("à la maison, Témara")


def test_without_the_certificate_it_is_said_who_gives_it() -> None:
    phone = at("death_certificate_held")
    assert "médecin ou l'autorité locale" in phone.say("non")
    assert phone.values["death_certificate_held"] is False


def test_abroad_it_is_the_consulate_within_a_year() -> None:
    phone = at("death_place", death_date="10/10")
    assert "consulat" in phone.say("hopital, Madrid, Espagne")
    _finish(phone)
    assert "consulat du Maroc du lieu du décès" in phone.received[-1]
    assert sent(phone).last_day == date(2026, 10, 12)


def test_a_late_death_is_told_what_a_late_one_is() -> None:
    phone = at("death_place", death_date="10/10")
    reply = phone.say("hopital Al Amal, Témara")
    assert phone.state.at == "late"
    assert "autorisation ou un jugement" in reply
    assert "lieu du décès" in phone.say("1")
    assert not [e for e in phone.effects if isinstance(e, SubmitDeclaration)]


def test_every_step_may_be_left_open() -> None:
    phone = opened("fr")
    for _ in range(12):
        if phone.state.at == "review":
            break
        phone.say("je ne sais pas")
    phone.say("oui")
    missing = set(sent(phone).missing)
    assert {"deceased_given_name_ar", "death_date", "declarant_cnie", "deceased_cnie"} <= missing


def test_completing_goes_on_after_the_reference() -> None:
    phone = submitted("fr")
    phone.say("1")
    assert phone.state.asked == "deceased_birth_date"
    for typed in ("1941", "Salé", "123", "1950", "Ali Oulhaj", "Fatna Zeroual", "marié"):
        phone.say(typed)
    assert phone.state.asked == "deceased_spouse_name"
    phone.say("Aicha Tazi")
    phone.say("7h30")
    assert phone.state.at == "extras"
    assert phone.values["deceased_marital_status"] == "married"
    assert phone.values["death_time"] == "07:30"


def test_a_death_told_in_the_middle_of_a_birth_is_not_begun_by_force() -> None:
    phone = birth_opened("fr")
    phone.say("1")
    phone.understand = declares_death()
    reply = phone.say("mon père est mort cette nuit")
    assert "condoléances" in reply
    assert "préparer ensuite" in reply
    assert phone.state.asked == "birth_date"


def test_a_death_that_one_wishes_to_declare_then_asks_which() -> None:
    phone = birth_opened("fr")
    phone.say("1")
    phone.understand = declares_death()
    phone.say("je veux déclarer le décès de mon père")
    assert phone.state.offered == ["do:resume", "do:anew"]
    phone.say("2")
    assert phone.draft is not None
    assert phone.draft.flow == "declare_death"


def test_a_child_who_died_after_birth_goes_both_ways() -> None:
    phone = Phone(understand=lambda _: Understood("declare_birth", "declare_birth", 0.9))
    assert "d'abord la naissance, puis le décès" in phone.say(
        "ma femme a accouché lundi mais le bébé est mort hier"
    )
    other = Phone(understand=declares_death())
    assert "elle se déclare aussi" in other.say("notre bébé de trois jours est mort")
    other.understand = reads()
    other.say("1")
    for typed in ("3", "le père", *list(_usual())):
        other.say(typed)
    assert "do:start_declare_birth" in other.state.offered


def test_after_the_birth_the_death_is_declared_without_typing_twice() -> None:
    phone = birth_opened("fr", understand=declares_birth())
    phone.understand = reads()
    phone.say("le bébé est mort hier")
    for typed in BIRTH.values():
        phone.say(typed)
    phone.say("oui")
    phone.say("", choice="do:start_declare_death")
    assert phone.state.at == "consent"
    assert "condoléances" not in phone.received[-1]
    assert phone.values["deceased_given_name_latin"] == "Ilyas"
    assert phone.values["deceased_family_name_latin"] == "Ait Brahim"
    assert phone.values["deceased_sex"] == "male"
    assert phone.values["declarant_capacity"] == "father"
    phone.say("1")
    assert phone.state.asked == "death_date"


def test_another_birth_gives_nothing_to_a_death() -> None:
    phone = birth_submitted("fr")
    phone.say("", choice="do:start_declare_death")
    assert phone.values == {}


def _usual() -> list[str]:
    return [
        *("Adam Oulhaj", "homme", "20/11", "hopital Al Amal, Témara", "oui", "0"),
        *("Hassan Oulhaj", "ad 234511", "oui"),
    ]


def test_the_proof_of_a_death_is_asked_without_naming_it() -> None:
    phone = filled("fr")
    phone.wait(hours=30)
    reply = phone.say("bonjour")
    for word in ("Brahim", "décès", "mort", "Témara"):
        assert word not in reply
    phone.say("1")
    phone.say("2233")  # the last four of the deceased's card prove nothing
    assert phone.state.asked == "proof"
    phone.say("4511")
    assert phone.state.at == "review"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_sentence_and_the_list_name_the_same_papers(language: str) -> None:
    usual = sentence("papers.death", language, "web", {})  # type: ignore[arg-type]
    unusual = sentence("papers.death_prosecutor", language, "web", {})  # type: ignore[arg-type]
    named = {"fr": ("certificat", "procureur", "livret"), "ar": ("شهادة", "وكيل الملك", "دفتر")}
    for text, expected in ((usual, (True, False, True)), (unusual, (True, True, True))):
        assert tuple(word in text for word in named[language]) == expected
    draft = submitted("fr").draft
    assert draft is not None
    assert papers_of(draft) == ("death_certificate", "deceased_papers", "identity")
