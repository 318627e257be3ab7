"""Every check catches what it was made for: a check that passes everything proves nothing."""

from __future__ import annotations

import pytest

from tests.knowledge import checks

SAID = [pytest.param(entry, id=entry["id"]) for entry in checks.FORBIDDEN["said"]]
WORDS = [word for group in checks.FORBIDDEN["words"].values() for word in group]


@pytest.mark.parametrize("entry", SAID)
def test_a_forbidden_statement_is_caught(entry: dict[str, str]) -> None:
    assert entry["id"] in checks.forbidden_statements(entry["example"])


@pytest.mark.parametrize(
    "text",
    [
        "30 jours après la naissance.",
        "Le bureau vous dira s'il faut une autorisation ou un jugement.",
        "Ce n'est pas encore l'inscription.",
        "Une erreur fait rejeter la commande, sans remboursement.",
    ],
)
def test_the_safe_wording_is_not(text: str) -> None:
    assert checks.forbidden_statements(text) == []


@pytest.mark.parametrize("word", WORDS)
def test_a_forbidden_word_is_caught_in_a_sentence(word: str) -> None:
    assert word in checks.forbidden_words(f"... {word.upper()} ...")


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Voyez www.exemple.ma", ["www.exemple.ma"]),
        ("Voyez watiqa.ma", ["watiqa.ma"]),
        ("au bureau.Demandez", ["bureau.Demandez"]),
        ("Appelez le 05 22 11 22 33", ["0522112233", "0522112233"]),
        ("اتصل على 4040", ["4040"]),
        ("www.watiqa.ma, ou appelez le 37 37", []),
        ("La loi 09-08, 50 DH, en 2021", []),
    ],
)
def test_contacts_that_nobody_vouched_for(text: str, unknown: list[str]) -> None:
    assert checks.unknown_contacts(text) == unknown


@pytest.mark.parametrize(
    ("text", "language", "faults"),
    [
        ("é" * 306, "fr", []),
        ("ê" * 306, "fr", []),
        ("é" * 307, "fr", ["3 segments"]),
        ("شهادة", "fr", ["not GSM-7"]),
        ("ش" * 134, "ar", []),
        ("ش" * 135, "ar", ["3 segments"]),
    ],
)
def test_length(text: str, language: str, faults: list[str]) -> None:
    assert checks.too_long(text, language) == faults


@pytest.mark.parametrize(
    ("ar", "fr", "difference"),
    [
        ("30 يوما", "30 jours", []),
        ("30 يوما", "20 jours", ["20", "30"]),
        ("2 درهم", "2 DH, puis 50 DH", ["50"]),
        ("القانون 09.08", "La loi 09-08", []),
    ],
)
def test_numbers(ar: str, fr: str, difference: list[str]) -> None:
    assert checks.different_numbers(ar, fr) == difference


@pytest.mark.parametrize(
    ("ar", "fr", "difference"),
    [
        ("30 يوما، وسنة بالخارج", "30 jours, un an à l'étranger", []),
        ("داخل 3 أشهر", "dans les 3 mois", []),
        ("سنة", "Un an", []),
        ("دون 18 سنة", "moins de 18 ans", []),
        ("رقم الرسم وسنته", "le numéro et l'année", []),
        ("30 يوما", "30 mois", ["30 day", "30 month"]),
        ("30 يوما", "30 jours, un an à l'étranger", ["1 year"]),
    ],
)
def test_spans(ar: str, fr: str, difference: list[str]) -> None:
    assert checks.different_spans(ar, fr) == difference


@pytest.mark.parametrize(
    ("ar", "caught"),
    [("القانون 09-08", True), ("37 37", True), ("18/11", True), ("القانون 09.08", False)],
)
def test_digits_that_would_be_turned_round(ar: str, caught: bool) -> None:
    assert bool(checks.turned_round(ar)) is caught
