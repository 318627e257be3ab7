"""The bank's page: it says that it is none, in both languages, and leads nobody astray."""

from __future__ import annotations

import string

import httpx
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from integrations.register.sandbox.wording import (
    CATALOGUES,
    LANGUAGES,
    MissingWordingError,
    wording,
)
from scripts.catalogues import FOLDERS
from tests.support.ordering import ordered
from tests.support.sandbox import Sandbox


def catalogue(language: str) -> Catalog:
    """A language's catalogue, as it is written."""
    with (CATALOGUES / language / "LC_MESSAGES/register.po").open("rb") as source:
        return read_po(source, locale=language)


def placeholders(text: str) -> set[str]:
    """What a sentence takes from outside."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def get(url: str, **query: str) -> httpx.Response:
    """What anyone sees."""
    return httpx.get(url, params=query, trust_env=False)


def test_both_catalogues_hold_the_same_and_nothing_is_empty_or_fuzzy() -> None:
    held = {
        language: {str(m.id): str(m.string) for m in catalogue(language) if m.id}
        for language in LANGUAGES
    }
    assert held["ar"].keys() == held["fr"].keys()
    assert all(text.strip() for texts in held.values() for text in texts.values())
    assert not [m.id for language in LANGUAGES for m in catalogue(language) if m.fuzzy and m.id]
    for key, text in held["fr"].items():
        assert placeholders(text) == placeholders(held["ar"][key]), key


def test_the_catalogues_are_compiled_by_setup() -> None:
    assert CATALOGUES in FOLDERS


def test_a_key_that_is_not_there_is_an_error() -> None:
    with pytest.raises(MissingWordingError):
        wording("pay.nothing", "fr")


@pytest.mark.parametrize(
    ("language", "direction", "said"),
    [
        ("fr", "ltr", "ce n&#39;est pas une vraie banque"),
        ("ar", "rtl", "هذا ليس بنكا حقيقيا"),
    ],
)
def test_it_says_in_both_languages_that_it_is_no_bank(
    sandbox: Sandbox, language: str, direction: str, said: str
) -> None:
    page = get(ordered(sandbox).link_url, lang=language)
    assert page.status_code == 200
    assert f'lang="{language}" dir="{direction}"' in page.text
    assert said in page.text
    assert "22,16" in page.text


def test_the_orders_language_is_the_pages_until_another_is_chosen(sandbox: Sandbox) -> None:
    url = ordered(sandbox).link_url
    assert 'lang="fr" dir="ltr"' in get(url).text
    assert 'lang="ar" dir="rtl"' in get(url, lang="ar").text
    assert 'lang="ar" dir="rtl"' in get(url, lang="tlh").text


def test_who_pays_learns_nothing_about_whom_it_is_for(sandbox: Sandbox) -> None:
    made = ordered(sandbox)
    page = get(made.link_url).text
    values = made.body["values"]
    assert values["holder_family_name"] not in page
    assert values["recipient_name"] not in page
    assert "card" not in page.lower()


def test_nothing_on_the_page_comes_from_elsewhere_or_is_kept(sandbox: Sandbox) -> None:
    page = get(ordered(sandbox).link_url)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert get(f"{sandbox.base}/pay/style.css").headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("change", [lambda t: t[:-4], lambda t: "A" * len(t), lambda t: "%00"])
def test_a_link_that_was_guessed_leads_nowhere(sandbox: Sandbox, change: object) -> None:
    base, _, token = ordered(sandbox).link_url.rpartition("/")
    assert callable(change)
    page = get(f"{base}/{change(token)}", lang="fr")
    assert (page.status_code, "n&#39;existe pas" in page.text) == (404, True)
    posted = httpx.post(f"{base}/{change(token)}", data={"choice": "pay"}, trust_env=False)
    assert posted.status_code == 404


def test_a_button_that_is_none_changes_nothing(sandbox: Sandbox) -> None:
    made = ordered(sandbox)
    assert made.choose("refund").status_code == 400
    assert made.status == "awaiting_payment"


def test_paid_it_says_so_and_a_second_time_that_nothing_more_was_taken(sandbox: Sandbox) -> None:
    made = ordered(sandbox)
    assert "Le paiement est fait" in made.choose("pay").text
    assert "Le paiement est fait" in get(made.link_url).text
    again = made.choose("pay")
    assert (again.status_code, "déjà payée" in again.text) == (409, True)
    assert "<button" not in again.text
