"""What the form says: the rows of every event, in both languages, with nothing masked."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bot.wording
from bot.flows import all_flows
from bot.wording.cells import Pair, cell, day
from bot.wording.receipt import Row, Sheet, sheet
from tests.support.receipts import DETAILS, birth

LAYOUT = tomllib.loads(
    (Path(bot.wording.__file__).parent / "receipts.toml").read_text(encoding="utf-8")
)["section"]
ABOUT = "correspondant approximativement au"
DECLARED = [flow for flow in all_flows() if flow.startswith("declare_")]


def rows_of(form: Sheet, title: str) -> dict[str, Row]:
    """The lines of a section by their French label."""
    [section] = [one for one in form.sections if one.title.fr == title]
    return {row.label_fr: row for row in section.rows}


def of_birth(values: dict[str, Any] | None = None, **about: Any) -> Sheet:
    return sheet(birth(values, **about), trial=True)


@pytest.mark.parametrize("flow", DECLARED)
def test_every_event_has_its_lines_and_every_line_its_step(flow: str) -> None:
    sections = [section for section in LAYOUT if section["flow"] == flow]
    assert sections
    for section in sections:
        for row in section["rows"]:
            assert cell(all_flows()[flow], {}, row["step"]) == Pair()


@pytest.mark.parametrize("flow", DECLARED)
def test_every_answer_of_an_event_has_a_place_on_its_form(flow: str) -> None:
    shown = {r["step"] for s in LAYOUT if s["flow"] == flow for r in s["rows"]}
    for question in all_flows()[flow].questions:
        if question.part_of:
            continue
        stems = {step.removesuffix("_ar") for step in question.fills}
        assert shown & {question.id, *stems}, question.id


def test_a_step_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(LookupError, match=r"receipt\.unknown_step"):
        cell(all_flows()["declare_birth"], {}, "shoe_size")


def test_names_stand_in_both_scripts() -> None:
    child = rows_of(of_birth(), "L'enfant")
    assert (child["Prénom"].value_ar, child["Prénom"].value_fr) == ("إلياس", "Ilyas")
    assert child["Prénom"].label_ar == "الاسم الشخصي"


@pytest.mark.parametrize(
    ("iso", "arabic", "french"),
    [
        (
            "2025-11-17",
            "الاثنين 17 نونبر 2025،\nموافق تقريبا 26 جمادى الأولى 1447 هـ",
            f"lundi 17 novembre 2025,\n{ABOUT} 26 joumada I 1447 de l'hégire",
        ),
        (
            "2025-06-26",
            "الخميس 26 يونيو 2025،\nموافق تقريبا فاتح محرم 1447 هـ",
            f"jeudi 26 juin 2025,\n{ABOUT} 1er moharrem 1447 de l'hégire",
        ),
        ("1990-05", "ماي 1990", "mai 1990"),
        ("1990", "1990", "1990"),
        ("1890-01-05", "الأحد 5 يناير 1890", "dimanche 5 janvier 1890"),
    ],
    ids=["both calendars", "the first of a month", "month", "year", "before the tables"],
)
def test_days_are_told_in_both_calendars(iso: str, arabic: str, french: str) -> None:
    assert day(iso) == Pair(arabic, french)


def test_numbers_are_whole() -> None:
    form = of_birth(DETAILS)
    assert rows_of(form, "La mère")["Pièce d'identité"].value_fr == "passeport XK1234567, France"
    declarant = rows_of(form, "La personne qui déclare")
    assert declarant["Pièce d'identité"].value_ar == "البطاقة AD234511"
    assert declarant["Téléphone"].value_ar == "+212612345678"


def test_what_was_written_in_one_script_stands_under_it_only() -> None:
    father = rows_of(of_birth(DETAILS), "Le père")
    assert (father["Lieu de naissance"].value_ar, father["Lieu de naissance"].value_fr) == (
        "",
        "Rabat",
    )
    assert father["Adresse"].value_fr == ""
    assert father["Adresse"].value_ar.startswith("حي السلام")


def test_a_parent_who_declares_is_not_left_blank() -> None:
    form = of_birth(DETAILS)
    declarant, father = rows_of(form, "La personne qui déclare"), rows_of(form, "Le père")
    assert declarant["Nom complet"].value_fr == "Hassan Ait Brahim"
    assert declarant["Nom complet"].value_ar == "حسن آيت براهيم"
    assert declarant["Date de naissance"] == father["Date de naissance"]
    assert father["Pièce d'identité"].value_fr == "CNIE AD234511"
    assert father["Profession"].value_fr == "Enseignant"
    assert rows_of(form, "La mère")["Profession"].value_fr == ""


def test_somebody_else_who_declares_lends_nothing_to_the_parents() -> None:
    form = of_birth(DETAILS | {"declarant_capacity": "brother", "declarant_name": "Omar Amrani"})
    assert rows_of(form, "Le père")["Pièce d'identité"].value_fr == ""
    assert rows_of(form, "La personne qui déclare")["Nom complet"].value_fr == "Omar Amrani"


def test_a_father_left_out_leaves_no_trace() -> None:
    form = of_birth(DETAILS | {"father_known": False, "declarant_capacity": "mother"})
    titles = [section.title.fr for section in form.sections]
    assert titles == ["L'enfant", "La mère", "La personne qui déclare"]
    assert not any("père" in row.label_fr for one in form.sections for row in one.rows)
    assert [paper.label.fr for paper in form.papers] == [
        "Avis de naissance (médecin ou sage-femme)",
        "CNIE de la mère",
        "Acte de naissance de la mère",
    ]


def test_lines_without_an_answer_wait_for_a_pen_and_rare_ones_are_left_out() -> None:
    child = rows_of(of_birth(), "L'enfant")
    assert (child["Heure de naissance"].value_ar, child["Heure de naissance"].value_fr) == ("", "")
    assert "Nationalité" not in child
    assert "Mariage des parents" not in [one.title.fr for one in of_birth().sections]


@pytest.mark.parametrize(
    ("values", "office"),
    [
        ({}, "Bureau d'état civil à Témara (Skhirate-Témara)"),
        ({"birth_commune": None}, "Bureau d'état civil du lieu de naissance"),
        (
            {"birth_place_kind": "abroad", "birth_commune": None, "birth_country": "FR"},
            "Consulat du Maroc du lieu de l'événement",
        ),
    ],
    ids=["known", "not known", "abroad"],
)
def test_where_to_go(values: dict[str, Any], office: str) -> None:
    assert of_birth(values).facts[0].value_fr in (office, office.partition(" (")[0])


def test_until_when_and_what_it_is_not() -> None:
    form = of_birth()
    assert form.facts[1].value_ar == "الأربعاء 17 دجنبر 2025"
    assert "n'arrête pas le délai" in form.words["not_registered"].fr
    assert "ليس تسجيلا" in form.words["not_registered"].ar
    assert [row.label_fr for row in of_birth(last_day=None).facts] == ["Où aller", "Envoyé le"]


def test_only_a_trial_says_that_it_is_one() -> None:
    assert "trial" in of_birth().words
    assert "trial" not in sheet(birth(), trial=False).words


def test_papers_are_ticked_when_attached() -> None:
    papers = of_birth(attached=frozenset({"identity"})).papers
    assert [(p.label.fr, p.attached) for p in papers] == [
        ("Avis de naissance (médecin ou sage-femme)", False),
        ("Acte de mariage ou livret de famille", False),
        ("CNIE", True),
    ]


def test_signs_that_are_not_seen_are_left_out() -> None:
    form = of_birth({"child_given_name_latin": "Il\u202eyas\u200b\n\tAmine"})
    assert rows_of(form, "L'enfant")["Prénom"].value_fr == "Ilyas Amine"


def test_the_day_it_was_sent_is_told() -> None:
    row = of_birth(sent_on=date(2025, 12, 1)).facts[-1]
    assert row.value_fr == "lundi 1er décembre 2025"
