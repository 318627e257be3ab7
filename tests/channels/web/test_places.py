"""The search of communes beside the text field, over the running gateway."""

from __future__ import annotations

import pytest

from channels.web.places import LONGEST_QUERY, SEARCHES
from tests.support.gateway import Gateway


def labels(gateway: Gateway, query: str) -> list[str]:
    answer = gateway.get(f"/chat/communes?{query}")
    assert answer.status_code == 200
    return [place["label"] for place in answer.json()]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("q=tem&lang=fr", "Témara (Skhirate-Témara)"),
        ("q=تما&lang=ar", "تمارة (الصخيرات-تمارة)"),
        ("q=tem&lang=ar", "تمارة (الصخيرات-تمارة)"),
        ("q=الرب&lang=fr", "Rabat (Rabat)"),
    ],
    ids=["French", "Arabic", "typed in Latin, shown in Arabic", "the other way round"],
)
def test_what_is_typed_is_found_in_the_language_of_the_page(
    gateway: Gateway, query: str, first: str
) -> None:
    assert labels(gateway, query)[0] == first


def test_at_most_eight(gateway: Gateway) -> None:
    assert len(labels(gateway, "q=sidi&lang=fr")) == 8


def test_of_an_arrondissement_only_these(gateway: Gateway) -> None:
    assert labels(gateway, "q=ain+ch&lang=fr&kind=arrondissement") == ["Aïn-Chock (Casablanca)"]
    assert len(labels(gateway, "q=ain+ch&lang=fr&kind=commune")) > 1


@pytest.mark.parametrize("query", ["", "q=", "q=t", "q=%00%00", "q=%27;drop", f"q={'x' * 5000}"])
def test_nothing_useful_finds_nothing(gateway: Gateway, query: str) -> None:
    assert labels(gateway, query) == []


def test_answers_are_kept_by_browsers_for_a_day(gateway: Gateway) -> None:
    answer = gateway.get("/chat/communes?q=rabat&lang=fr")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert "set-cookie" not in answer.headers
    assert LONGEST_QUERY < 100


def test_too_many_searches_are_refused_with_a_sentence(gateway: Gateway) -> None:
    for _ in range(SEARCHES.amount + 1):
        answer = gateway.get("/chat/communes?q=t&lang=fr")
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert answer.json()["code"] == "web.too_many_searches"
    assert answer.json()["message"].startswith("La recherche ne répond pas")
