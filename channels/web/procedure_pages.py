"""What the procedure pages say: the knowledge, arranged for reading, one page for each topic.

Nothing here is written by hand twice: texts, sources and dates come from `bot/knowledge`, titles
from the catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import get_args

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.answers.result import Language
from bot.knowledge import Answer, all_answers
from bot.wording import wording
from channels.web.inline import marked, typography

LANGUAGES: tuple[Language, ...] = get_args(Language)
ROOT = "/procedures"
# The order in which people look for them; a test holds each topic to one group.
GROUPS = {
    "life": (
        "procedure_birth", "procedure_late_birth", "procedure_death", "procedure_marriage",
        "procedure_divorce", "procedure_abroad",
    ),
    "papers": ("required_documents", "procedure_copy", "procedure_family_booklet"),
    "corrections": ("procedure_correction", "procedure_name_change"),
    "practical": ("deadline", "fees", "office_hours_or_location", "complaint", "privacy"),
}  # fmt: skip
# How sure we are, where it is not an official text or several sources that agree.
DOUBTS = {"M": "page.confirm_practice", "L": "page.confirm_unclear", "I": "page.confirm_unclear"}
DESCRIPTION_LENGTH = 200
_LOCALES = {"ar": "ar_MA", "fr": "fr"}  # Moroccan months: نونبر, غشت


@dataclass(frozen=True, slots=True)
class Link:
    """Where to go on: an address of ours and its words."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One aspect of a topic, with the ground it stands on. `doubt` is None for what is official."""

    id: str
    title: str
    text: Markup
    sources: tuple[Markup, ...]
    checked: Markup
    doubt: str | None
    steps: tuple[Link, ...]


def words(key: str, language: Language) -> str:
    """A page's sentence by its catalogue key, in the typography of print."""
    return typography(wording(key, language, "web"), language)


def address(language: Language, topic: str = "", aspect: str = "") -> str:
    """The path of a page: the index without a topic, the section of an aspect."""
    path = f"{ROOT}/{language}/{topic}".rstrip("/")
    return f"{path}#{aspect}" if aspect else path


def answers_of(topic: str) -> dict[str, Answer]:
    """What is known of a topic, by aspect, in the order of its file."""
    found = {full.partition("/"): answer for full, answer in all_answers().items()}
    return {aspect: answer for (head, _, aspect), answer in found.items() if head == topic}


def description(topic: str, language: Language) -> str:
    """What search engines show under the title: the first answer, whole sentences of it."""
    first = next(iter(answers_of(topic).values()))
    text = typography(_text(first, language), language)
    while len(text) > DESCRIPTION_LENGTH and ". " in text:
        text = f"{text.rpartition('. ')[0]}."
    return text


def sections(topic: str, language: Language) -> Iterator[Section]:
    """The sections of a topic's page."""
    for aspect, answer in answers_of(topic).items():
        doubt = DOUBTS.get(answer.confidence)
        yield Section(
            aspect,
            words(f"aspect.{aspect}", language),
            marked(_text(answer, language), language),
            tuple(_sources(answer, language)),
            _checked(answer.checked, language),
            words(doubt, language) if doubt else None,
            tuple(_step(step, language) for step in answer.next_steps),
        )


def source_parts(answer: Answer) -> list[str]:
    """The laws and pages an answer rests on, one by one, as the topic file names them."""
    return [part.strip() for part in answer.source.split(";")]


def _text(answer: Answer, language: Language) -> str:
    return answer.ar if language == "ar" else answer.fr


def _sources(answer: Answer, language: Language) -> Iterator[Markup]:
    for part in source_parts(answer):
        yield marked(wording(f"source.{part}", language, "web"), language)


def _checked(day: date, language: Language) -> Markup:
    text = format_date(day, "d MMMM y", locale=_LOCALES[language])
    if language == "fr" and day.day == 1:
        text = text.replace("1 ", "1er ", 1)
    shown = Markup('<time datetime="{}">{}</time>').format(day.isoformat(), text)
    return escape(words("page.checked", language)).format(day=shown)


def _step(step: str, language: Language) -> Link:
    """`ask:` leads to the section that answers, everything else into a conversation."""
    kind, _, target = step.partition(":")
    text = words(f"next.{target}", language)
    href = address(language, *target.split("/")) if kind == "ask" else f"/?lang={language}"
    return Link(href, text[0].upper() + text[1:])


@cache
def templates() -> Environment:
    """The pages' templates. A name that a page does not give is an error, never an empty place."""
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
