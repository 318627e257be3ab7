"""Every problem a parser can name has its sentence in both languages, of a length that fits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot.answers
from bot.language import is_gsm7, to_gsm7_french
from tests.support.catalogues import texts

FOLDER = Path(bot.answers.__file__).parent
SENTENCES = {language: dict(texts(language)) for language in ("fr", "ar")}
# `problem.not_...` and the like are said by the flows, when no parser took the text at all.
OF_FLOWS = (
    *("not_", "empty", "still", "choose", "last_four", "family_name_", "arrondissement_"),
    "divorce_",
)
PROBLEMS = sorted(
    key.removeprefix("problem.")
    for key in SENTENCES["fr"]
    if key.startswith("problem.") and not key.removeprefix("problem.").startswith(OF_FLOWS)
)
LONGEST = {"fr": 130, "ar": 65}
VALUES = {"example": "30/12/2025", "most": "200", "digits": "14", "nearest": "Témara"}
PER_LANGUAGE = [(key, language) for key in PROBLEMS for language in ("fr", "ar")]


def sentence(key: str, language: str) -> str:
    return SENTENCES[language][f"problem.{key}"].format(**VALUES)


def named_in_code() -> set[str]:
    code = "".join(
        p.read_text("utf-8") for p in FOLDER.glob("*.py") if not p.name.startswith("name")
    )
    dates = {f"date_{end}" for end in re.findall(r'(?:DateProblem|_refused)\("(\w+)"', code)}
    return set(re.findall(r"problem\.(\w+)\"", code)) | dates


def test_every_problem_named_in_code_has_a_sentence() -> None:
    assert named_in_code() <= set(PROBLEMS)
    assert {"date_future", "commune_near", "cnie_format"} <= named_in_code()


def test_no_sentence_is_left_without_a_problem() -> None:
    own = {key for key in PROBLEMS if not key.startswith("name")}
    assert own <= named_in_code()


@pytest.mark.parametrize(("key", "language"), PER_LANGUAGE)
def test_a_sentence_fits(key: str, language: str) -> None:
    text = sentence(key, language)
    assert 0 < len(text) <= LONGEST[language]
    assert "!" not in text


@pytest.mark.parametrize("key", PROBLEMS)
def test_french_stays_in_gsm7(key: str) -> None:
    assert is_gsm7(to_gsm7_french(sentence(key, "fr")))


@pytest.mark.parametrize("key", PROBLEMS)
def test_arabic_has_no_sign_that_a_handset_turns_round(key: str) -> None:
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", sentence(key, "ar"))
