"""The catalogues: both languages hold the same keys, every key used exists, every text fits."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from bot.dialogue.messages import Name, Reference
from bot.dialogue.opening import MEANINGS
from bot.dialogue.papers import all_papers
from bot.flows import Flow, all_flows
from bot.knowledge import all_answers
from bot.language import is_gsm7, segments, to_gsm7_french
from bot.wording import MissingWordingError, sentence, wording
from tests.support.catalogues import catalogue, key_of, texts

ROOT = Path(__file__).parents[2]


CATALOGUES = {language: catalogue(language) for language in ("fr", "ar")}
KEYS = {lang: {key_of(m.id) for m in po if m.id} for lang, po in CATALOGUES.items()}
SOURCES = [p for p in (ROOT / "bot").rglob("*.py") if "understanding" not in p.parts]
ARABIC_ON_PURPOSE = ("language.ask", "language.arabic", "review.spelling_ar")
ASIDE = {"value.cnie", "value.passport", "value.residence_card"}  # composed from a document's kind


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def of_declarations(flow: Flow) -> set[str]:
    """Keys composed from the head of a declaration."""
    keys = {f"kind.{flow.id}", f"card.title.{flow.id}", f"menu.{flow.id}", f"meaning.{flow.id}"}
    keys |= {f"choice.{choice}" for choice in flow.beside}
    keys |= {flow.intro} if flow.intro else set()
    keys |= {f"done.go_undated.{flow.id}", f"done.go_abroad_undated.{flow.id}"}
    keys |= {f"done.go_abroad.{flow.id}"} if flow.delay.abroad else set()
    keys |= {f"done.go_somewhere.{flow.id}"} if flow.delay.home else set()
    place = flow.by_id.get(f"{flow.place}_place")
    kinds = {"hospital", "clinic", "birth_centre", "home", "on_the_way", "public_place"}
    kinds |= {"institution", "abroad", "unknown"}
    if place:
        keys |= {f"choice.{place.id}_kind.{place.kinds.get(kind, kind)}" for kind in kinds}
    return keys


def composed_keys() -> set[str]:
    """Keys that code composes from the flows and the knowledge."""
    keys = set()
    for flow in all_flows().values():
        for q in flow.questions:
            keys |= {f"why.{q.id}", f"ask.{q.id}", f"problem.not_{q.answer}", f"example.{q.answer}"}
            keys |= {f"ask.{q.id}.{v.suffix}" for v in q.variants}
            keys |= {f"choice.{q.id}.{value}" for value in (*q.choices, *q.more)}
            if flow.id.startswith("declare_") and not q.part_of:
                keys.add(f"review.{q.id}")
            keys |= {n.key for n in q.notes}
            keys |= {q.out_of_order} if q.out_of_order else set()
            keys |= {f"choice.zero_{q.zero}"} if q.zero else set()
        keys |= of_declarations(flow) if flow.id.startswith("declare_") else set()
    keys |= {f"meaning.{intent}" for intent in MEANINGS}
    keys |= {f"paper.{paper.id}" for paper in all_papers()}
    keys |= {f"next.{n.partition(':')[2]}" for a in all_answers().values() for n in a.next_steps}
    return keys | ASIDE


def written_keys() -> set[str]:
    """Keys that stand in the code as they are."""
    pattern = re.compile(r"""["']((?:[a-z_]+)\.[a-z_.]+)["']""")
    found = {key for path in SOURCES for key in pattern.findall(path.read_text("utf-8"))}
    heads = {key.partition(".")[0] for key in KEYS["fr"]}
    return {k for k in found if k.partition(".")[0] in heads and not k.endswith((".toml", ".po"))}


def test_both_languages_hold_the_same_keys() -> None:
    assert KEYS["fr"] == KEYS["ar"]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_text_is_empty_or_fuzzy(language: str) -> None:
    assert [key for key, text in texts(language) if not text.strip()] == []
    assert [m.id for m in CATALOGUES[language] if m.fuzzy and m.id] == []


def test_placeholders_agree_between_the_languages() -> None:
    french = {k: placeholders(t) for k, t in texts("fr")}
    for key, text in texts("ar"):
        assert placeholders(text) <= french[key], key


@pytest.mark.parametrize("key", sorted(composed_keys()))
def test_every_composed_key_exists(key: str) -> None:
    assert key in KEYS["fr"]


def test_every_key_in_the_code_exists() -> None:
    assert written_keys() - KEYS["fr"] == set()


def test_a_key_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(MissingWordingError):
        wording("no.such_key", "fr", "sms")


def is_of_pages(key: str) -> bool:
    """Whether only pages show it: they are bound to no alphabet and no segment."""
    return key.partition(".")[0] in ("web", "page", "topic", "aspect")


OF_HANDSETS = [t for t in texts("fr") if t[0] not in ARABIC_ON_PURPOSE and not is_of_pages(t[0])]


@pytest.mark.parametrize(("key", "text"), OF_HANDSETS)
def test_french_keeps_to_gsm7_on_a_handset(key: str, text: str) -> None:
    assert is_gsm7(to_gsm7_french(text)), key


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_alone_is_longer_than_three_segments(language: str) -> None:
    for key, text in texts(language):
        if is_of_pages(key):
            continue
        plain = to_gsm7_french(text) if language == "fr" else text
        assert segments(plain).segments <= 3, key


@pytest.mark.parametrize(
    ("count", "form"),
    [
        (0, "لا تُحفظ"),
        (1, "يوما واحدا"),
        (2, "يومين"),
        (3, "3 أيام"),
        (11, "11 يوما"),
        (100, "100 يوم"),
    ],
)
def test_arabic_counts_in_six_forms(count: int, form: str) -> None:
    assert form in sentence("consent.notice", "ar", "sms", {"days": count})


def test_a_reference_keeps_its_order_in_arabic_text() -> None:
    text = sentence("ticket.opened", "ar", "sms", {"reference": Reference("612345678901")})
    assert "6123\u00a04567\u00a08901" in text


def test_a_name_is_never_altered_where_our_own_words_are() -> None:
    text = sentence("edit.now", "fr", "sms", {"value": Name("Françoise Lê")})
    assert "Françoise Lê" in text
    assert "ç" not in sentence("complete.begin", "fr", "sms", {})


def test_french_months_are_written_for_people() -> None:
    from datetime import date

    assert "samedi 1er novembre 2025" in sentence(
        "note.soon", "fr", "web", {"day": date(2025, 11, 1)}
    )
    assert "السبت 1 نونبر 2025" in sentence("note.soon", "ar", "web", {"day": date(2025, 11, 1)})
