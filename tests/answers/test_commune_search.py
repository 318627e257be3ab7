"""A list of communes by what has been typed of a name."""

from __future__ import annotations

import pytest

from bot.answers.commune_search import MOST, search


def names(letters: str, **wanted: bool) -> list[str]:
    return [label for _, label in search(letters, "fr", **wanted)]


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("casa", "Casablanca (Casablanca)"),
        ("الدار ال", "Casablanca (Casablanca)"),
        ("sidi benn", "Sidi Bennour (Sidi Bennour)"),
        ("bennour", "Sidi Bennour (Sidi Bennour)"),
        ("kh", "Khouribga (Khouribga)"),
        ("fes", "Fès (Fès)"),
        ("temarra", "Témara (Skhirate-Témara)"),
        ("maarif", "Maârif (Casablanca)"),
    ],
    ids=[
        "beginning", "other script", "two words", "a later word", "two letters", "accent",
        "misspelt", "arrondissement",
    ],
)  # fmt: skip
def test_the_likeliest_comes_first(letters: str, first: str) -> None:
    assert names(letters)[0] == first


def test_names_that_begin_so_come_before_names_that_hold_it() -> None:
    found = names("ouled")
    assert len(found) == MOST
    assert all(name.startswith(("Oulad", "Ouled")) for name in found)


@pytest.mark.parametrize("letters", ["", " ", "t", "-", "zzzz", "12"])
def test_too_little_or_nothing_like_it_finds_nothing(letters: str) -> None:
    assert names(letters) == []


def test_only_parts_of_a_city() -> None:
    found = search("ain", "fr", only_parts=True)
    assert found
    assert all(not code.endswith("00") and label.endswith(")") for code, label in found)
    assert len(found) < len(search("ain", "fr"))


def test_the_label_is_in_the_language_asked_for() -> None:
    assert search("temara", "ar")[0][1] == "تمارة (الصخيرات-تمارة)"
    assert search("temara", "ar")[0][0] == search("temara", "fr")[0][0]
