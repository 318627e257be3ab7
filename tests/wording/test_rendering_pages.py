"""What a page shows: values that cannot turn the words about them round, French with its spaces."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.dialogue.messages import Both, Name, Reference, Sentence, Verbatim
from bot.wording import sentence
from tests.support.catalogues import texts

OPEN, CLOSE = "\u2068", "\u2069"


@pytest.mark.parametrize(
    ("key", "args", "shown"),
    [
        ("edit.now", {"value": Name("Zineb")}, "Zineb"),
        ("ticket.opened", {"reference": Reference("612345678901")}, "6123\u00a04567\u00a08901"),
        ("edit.now", {"value": date(2025, 11, 1)}, "السبت 1 نونبر 2025"),
        ("edit.now", {"value": Verbatim("Témara")}, "Témara"),
    ],
)
def test_each_value_is_isolated_on_a_page_and_nowhere_else(
    key: str, args: dict[str, object], shown: str
) -> None:
    assert f"{OPEN}{shown}{CLOSE}" in sentence(key, "ar", "web", args)  # type: ignore[arg-type]
    assert OPEN not in sentence(key, "ar", "sms", args)  # type: ignore[arg-type]


def test_several_values_are_isolated_one_by_one_and_our_own_words_are_not() -> None:
    both = Both((Name("Al Amal"), Verbatim("تمارة")))
    assert f"{OPEN}Al Amal{CLOSE}، {OPEN}تمارة{CLOSE}" in sentence(
        "edit.now", "ar", "web", {"value": both}
    )
    label = Sentence("choice.child_sex.female")
    assert OPEN not in sentence("edit.now", "ar", "web", {"value": label})


def test_an_override_in_a_name_ends_with_the_name() -> None:
    turned = "\u202eسلمى"
    text = sentence("edit.now", "fr", "web", {"value": Name(turned)})
    assert text.index(CLOSE) > text.index(turned)


def test_french_signs_keep_their_space_on_a_page() -> None:
    assert sentence("menu.ask", "fr", "web", {}) == "Que voulez-vous faire\u202f?"
    assert sentence("menu.ask", "fr", "sms", {}) == "Que voulez-vous faire?"
    assert sentence("menu.ask", "ar", "web", {}) == "بماذا نساعدك؟"
    assert "18\u00a0h" not in sentence("edit.now", "fr", "web", {"value": Name("a:b?")})


def test_a_page_says_what_only_a_page_can_and_a_handset_what_can_be_typed() -> None:
    assert "(0" not in sentence("ask.father", "fr", "web", {})
    assert "(0" in sentence("ask.father", "fr", "sms", {})
    assert "DETAILS" not in sentence("consent.notice", "fr", "web", {"days": 60})
    assert "60 jours" in sentence("consent.notice", "fr", "web", {"days": 60})


def test_no_arabic_letter_leans_on_a_value() -> None:
    """An isolate breaks the join: «ب{commune}» would show as two pieces."""
    leaning = re.compile("[\u0600-\u06ff]\\{")
    assert [key for key, text in texts("ar") if leaning.search(text)] == []
