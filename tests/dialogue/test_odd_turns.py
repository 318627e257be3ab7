"""What real people type where something else was asked: nothing unmeant is written, nothing
lost."""

from __future__ import annotations

import pytest

from bot.dialogue.messages import Entity, Understood
from tests.dialogue.births import at, filled, reads
from tests.dialogue.births import submitted as sent_birth


@pytest.mark.parametrize(
    "name", ["Salam", "Amine", "Nour", "Safia", "Larbi", "سلام", "أمل", "هدى", "راجح", "العربي"]
)
def test_a_name_like_a_word_of_ours_is_a_name(name: str) -> None:
    phone = at("child_name")
    phone.say(name)
    assert name in (
        phone.values.get("child_given_name_latin"),
        phone.values.get("child_given_name_ar"),
    )


@pytest.mark.parametrize("name", ["جمعة", "خميس"])
def test_a_day_that_is_a_name_too_stays_a_name(name: str) -> None:
    phone = at("child_name", "ar")
    phone.say(name)
    assert phone.values["child_given_name_ar"] == name


@pytest.mark.parametrize(
    "text",
    [
        *("hier", "lundi", "البارح", "الجمعة", "17/11", "oui", "merci", "au revoir"),
        *("des jumeaux", "توأم", "pas encore choisi", "le nom de la mère est faux"),
    ],
)
def test_what_is_no_name_is_not_written_as_one(text: str) -> None:
    phone = at("child_name")
    phone.say(text)
    assert not {"child_given_name_latin", "child_given_name_ar"} & set(phone.values)


def test_a_correction_of_what_was_not_asked_yet_asks_it_now() -> None:
    phone = at("child_name")
    phone.say("le nom de la mère est faux")
    assert phone.state.asked == "mother"
    phone.say("Zineb Amrani")
    assert phone.state.asked == "child_name"


def test_a_name_alone_where_no_name_is_asked_is_nobody_s() -> None:
    phone = at("birth_date")
    name = Entity("given_name", "Hassan", "child")
    phone.understand = lambda _: Understood("out_of_scope", "out_of_scope", 0.2, (name,))
    phone.say("Hassan")
    assert "child_given_name_latin" not in phone.values
    phone.say("il s'appelle Hassan notre fils")
    assert phone.values["child_given_name_latin"] == "Hassan"


def test_a_town_after_a_place_is_no_child() -> None:
    phone = at("birth_date")
    phone.say("hier, hopital, Témara")
    assert phone.state.asked == "child_sex"
    assert phone.values["birth_commune"]
    other = at("birth_date")
    other.say("lundi, à la maison, Casablanca, maarif, fils, Ilyas")
    assert other.state.asked == "father"
    assert other.values["birth_arrondissement"]


@pytest.mark.parametrize(
    ("first", "then", "kind"),
    [("hopital", "France", "abroad"), ("à l'étranger", "Casablanca", "unknown")],
)
def test_a_country_for_a_town_and_a_town_for_a_country(first: str, then: str, kind: str) -> None:
    phone = at("birth_place")
    phone.say(first)
    phone.say(then)
    assert phone.values["birth_place_kind"] == kind


def test_a_person_s_name_for_a_town_keeps_the_hospital() -> None:
    phone = at("birth_place")
    phone.say("hopital")
    phone.say("Hassan Ait Brahim")
    assert phone.values["birth_place_kind"] == "hospital"


@pytest.mark.parametrize(
    ("address", "language"),
    [("12 rue changer la ville", "fr"), ("حي السلام غير بعيد من المدينة", "ar")],
)
def test_an_address_with_a_word_of_correction_is_an_address(address: str, language: str) -> None:
    phone = sent_birth(language)
    phone.say("1")
    while phone.state.asked != "parents_address":
        phone.say("passer")
    phone.say(address)
    assert phone.values["parents_address"] == address
    phone.say("corriger l'adresse" if language == "fr" else "بدل العنوان")
    assert phone.state.asked == "parents_address"


@pytest.mark.parametrize(
    ("text", "step", "value"),
    [
        ("non le père s'appelle Karim Tazi", "father_family_name_latin", "Tazi"),
        ("le prénom est Adam", "child_given_name_latin", "Adam"),
        ("lom smitha Nadia Alami", "mother_family_name_latin", "Alami"),
        ("la date c'est 18/11", "birth_date", "2025-11-18"),
    ],
)
def test_at_the_review_a_field_and_its_value_correct_it(text: str, step: str, value: str) -> None:
    phone = filled("fr")
    phone.say(text)
    assert phone.values[step] == value
    assert phone.state.at == "review"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("changer la date, pas le lieu", "birth_date"),
        ("changer le lieu, pas la date", "birth_place"),
        ("pas le lieu, changer la date", "birth_date"),
        ("corriger le prénom, pas le nom de la mère", "child_name"),
        ("بدل التاريخ ماشي المكان", "birth_date"),
        ("beddel tarikh machi blassa", "birth_date"),
        ("c'est pas le lieu", "birth_place"),
        ("pas le bon prénom", "child_name"),
    ],
)
def test_a_field_that_is_denied_is_not_the_one_that_is_meant(text: str, asked: str) -> None:
    phone = filled("fr")
    phone.say(text)
    assert phone.state.asked == asked


@pytest.mark.parametrize(
    ("text", "step", "name"),
    [
        ("je veux l'appeler Ilyas", "child_given_name_latin", "Ilyas"),
        ("on voudrait l'appeler Aya", "child_given_name_latin", "Aya"),
        ("بغيت نسميه إلياس", "child_given_name_ar", "إلياس"),
        ("bghina nsemmiwha Aya", "child_given_name_latin", "Aya"),
    ],
)
def test_a_wish_to_name_the_child_so_is_its_name(text: str, step: str, name: str) -> None:
    phone = at("child_name")
    phone.understand = reads(**{text: "talk_to_agent"})
    phone.say(text)
    assert phone.values[step] == name
    assert phone.state.asked == "father"


@pytest.mark.parametrize("text", ["le prénom est faux", "le prénom est mal écrit", "prénom"])
def test_words_of_error_are_no_new_value(text: str) -> None:
    phone = filled("fr")
    phone.say(text)
    assert phone.state.asked == "child_name"
    assert phone.values["child_given_name_latin"] == "Ilyas"


def test_a_question_at_the_review_opens_no_field() -> None:
    phone = filled("fr")
    phone.understand = reads(**{"quels papiers pour le père ?": "required_documents"})
    assert "CNIE" in phone.say("quels papiers pour le père ?")
    assert phone.state.at == "review"


def test_second_thoughts_replace_an_answer_and_a_mention_does_not() -> None:
    phone = at("child_name")
    girl = Entity("sex", "fille")
    phone.understand = lambda _: Understood("out_of_scope", "out_of_scope", 0.3, (girl,))
    phone.say("finalement c'est une fille")
    assert phone.values["child_sex"] == "female"
    boy = Entity("sex", "fils")
    phone.understand = lambda _: Understood("out_of_scope", "out_of_scope", 0.3, (boy,))
    phone.say("mais pas fils")
    assert phone.values["child_sex"] == "female"
