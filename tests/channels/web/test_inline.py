"""Sentences inside a page: French print, links to the sites we vouch for, isolates, no HTML."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.answers.result import Language
from channels.web.inline import KNOWN_SITES, marked, typography

VOUCHED = tomllib.loads(
    (Path(__file__).parents[2] / "knowledge/forbidden.toml").read_text("utf-8")
)["allowed"]["domains"]


def isolated(text: str) -> str:
    return f'<bdi dir="ltr">{text}</bdi>'


def linked(href: str, text: str) -> str:
    return f'<a href="{href}" rel="noopener">{isolated(text)}</a>'


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("L'acte, c'est gratuit", "L’acte, c’est gratuit"),
        ("Et après?", "Et après\u202f?"),
        ("Et après ? Oui!", "Et après\u202f? Oui\u202f!"),
        ("la suite: au bureau", "la suite\u00a0: au bureau"),
        ("écrivez «suite» ici", "écrivez «\u00a0suite\u00a0» ici"),
        ("30 jours, 2 DH, 3 mois", "30\u00a0jours, 2\u00a0DH, 3\u00a0mois"),
        ("à 10:30, https://www.watiqa.ma", "à 10:30, https://www.watiqa.ma"),
        ("rien à changer.", "rien à changer."),
    ],
)
def test_french_is_spaced_as_in_print(text: str, printed: str) -> None:
    assert typography(text, "fr") == printed
    assert typography(printed, "fr") == printed


def test_an_arabic_number_stays_with_its_unit_and_nothing_else_changes() -> None:
    assert typography("داخل 30 يوما: ماذا؟", "ar") == "داخل 30\u00a0يوما: ماذا؟"


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("القانون 37.99.", f"القانون {isolated('37.99')}.", id="a law"),
        pytest.param("2-99-665، 17", f"{isolated('2-99-665')}، 17", id="a decree"),
        pytest.param("D/756", isolated("D/756"), id="a circular"),
        pytest.param("27/02/2025", isolated("27/02/2025"), id="a date"),
        pytest.param("05 37 66 33 00.", f"{isolated('05 37 66 33 00')}.", id="a telephone"),
        pytest.param("+212537663300", isolated("+212537663300"), id="an international one"),
        pytest.param("30 و 2026", "30 و 2026", id="plain numbers"),
        pytest.param(
            "(www.watiqa.ma)", f"({linked('https://www.watiqa.ma', 'www.watiqa.ma')})", id="a site"
        ),
        pytest.param(
            "chikaya.ma.", f"{linked('https://chikaya.ma', 'chikaya.ma')}.", id="without www"
        ),
        pytest.param(
            "http://www.watiqa.ma/faq",
            linked("http://www.watiqa.ma/faq", "http://www.watiqa.ma/faq"),
            id="with a path",
        ),
        pytest.param("consulat.ma", isolated("consulat.ma"), id="a site nobody vouched for"),
    ],
)
def test_what_reads_from_left_to_right_is_isolated(
    text: str, wanted: str, language: Language
) -> None:
    assert marked(text, language) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "www.watiqa.ma.example.com",
        "https://example.com/www.watiqa.ma",
        "https://www.watiqa.ma@example.com",
        "notwatiqa.ma",
        "watiqa.market",
        "javascript:alert(1)",
        "admin@watiqa.ma",
    ],
)
def test_no_link_leads_to_a_site_that_only_looks_known(text: str) -> None:
    assert "<a " not in marked(text, "fr")


def test_html_is_shown_and_never_run() -> None:
    shown = marked('<script src="https://www.watiqa.ma">alert("37-99")</script>', "ar")
    assert "<script" not in shown
    assert "&lt;script src=&#34;" in shown


def test_the_sites_that_answers_may_name_are_those_that_become_links() -> None:
    assert {f"www.{site}" for site in KNOWN_SITES} == set(VOUCHED)
