"""Names proposed in the other script: usage first, rules for the rest."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.language
from bot.language import transliterate
from bot.language.transliteration import is_given_name

CASES = tomllib.loads((Path(__file__).parent / "cases/transliteration.toml").read_text("utf-8"))
DATA = Path(bot.language.__file__).with_name("data") / "names.json"
NAMES: dict[str, dict[str, str]] = {
    kind: names for kind, names in json.loads(DATA.read_text("utf-8")).items() if kind != "about"
}
LISTED = [(arab, latn.split(", ")) for names in NAMES.values() for arab, latn in names.items()]


@pytest.mark.parametrize(("name", "expected"), CASES["to_arab"], ids=repr)
def test_to_arab(name: str, expected: str) -> None:
    assert transliterate(name, "arab") == expected


@pytest.mark.parametrize(("name", "expected"), CASES["to_latn"], ids=repr)
def test_to_latn(name: str, expected: str) -> None:
    assert transliterate(name, "latn") == expected


def test_the_list_is_of_several_hundred_names() -> None:
    assert len(LISTED) > 800


def test_every_listed_name_is_proposed_as_listed() -> None:
    wrong = [arab for arab, latn in LISTED if transliterate(arab, "latn") != latn[0]]
    assert wrong == []


def test_both_directions_agree() -> None:
    """The usual Latin spelling leads to an Arabic form that is written that way in Latin."""
    for _, latn in LISTED:
        arab = transliterate(latn[0], "arab")
        assert transliterate(arab, "latn") == latn[0]


def test_every_spelling_leads_to_arabic_letters_only() -> None:
    for _, latn in LISTED:
        for spelling in latn:
            assert not any("a" <= char <= "z" for char in transliterate(spelling, "arab").lower())


@pytest.mark.parametrize("name", ["إلياس", "يحيى العلوي"])
def test_a_name_already_in_the_script_stays(name: str) -> None:
    assert transliterate(name, "arab") == name


def test_given_names_are_known_in_both_scripts_and_families_are_not() -> None:
    assert is_given_name("Fatima-Zahra")
    assert is_given_name("عبدالرحمان")
    assert not is_given_name("Benjelloun")


@given(st.text(st.characters(categories=None, exclude_categories=())))
def test_any_text_is_taken(name: str) -> None:
    assert transliterate(name, "arab").isprintable()
    assert transliterate(name, "latn").isprintable()


@given(st.text("abcdefghijklmnopqrstuvwxyzéï'379 -", min_size=1, max_size=60))
def test_latin_letters_leave_no_latin_letter_behind(name: str) -> None:
    letters = [char for char in name if char.isalpha()]
    arab = transliterate(name, "arab")
    assert not letters or not any("a" <= char <= "z" for char in arab)


def test_ten_thousand_letters_are_cut() -> None:
    assert len(transliterate("Ilyas " * 2_000, "arab")) < 400
