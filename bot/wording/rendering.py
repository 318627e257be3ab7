"""Turns a reply into the text a channel carries: the one place where sentences meet their
values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from bot.answers.result import Language
from bot.dialogue.messages import (
    Arg,
    Both,
    Card,
    Channel,
    Name,
    Reference,
    Reply,
    Sentence,
    Verbatim,
)
from bot.language import is_gsm7, to_gsm7_french
from bot.wording.catalogue import wording

LOCALES = {"ar": "ar_MA", "fr": "fr"}
DATES = {"ar": "EEEE d MMMM y", "fr": "EEEE d MMMM y"}
NUMBERED = ("sms", "ussd")  # channels without buttons: choices are typed by their number
ISOLATING = ("web",)  # what a value holds must not turn round the words about it
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
NO_BREAK = "\u00a0"
FINE_SPACE = "\u202f"
BEFORE_SIGN = re.compile(r"[ \u00a0\u202f]?([?!;])(?=\s|$)")
BEFORE_COLON = re.compile(r"[ \u00a0\u202f]?:(?=\s|$)")
# Sentences whose wording depends on a number, and the value that carries it.
COUNTED = {
    "consent.notice": "days",
    "consent.details": "days",
    "pause.kept": "days",
    "resume.code": "days",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What leaves: the text, and the choices for channels that show them as buttons."""

    text: str
    choices: tuple[tuple[str, str], ...]
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """For whom a text is made."""

    language: Language
    channel: Channel

    @property
    def is_gsm(self) -> bool:
        """Whether our own words must keep to the GSM-7 alphabet, which French can and Arabic
        cannot."""
        return self.language == "fr" and self.channel in NUMBERED

    @property
    def is_french_page(self) -> bool:
        """Whether the text shall have the fine spaces that print has and a telephone has not."""
        return self.language == "fr" and self.channel in ISOLATING

    def plain(self, text: str) -> str:
        """Our own words as the channel carries them. Never applied to a person's name."""
        if not self.is_gsm:
            return _spaced(text) if self.is_french_page else text
        folded = to_gsm7_french(text)
        return folded if is_gsm7(folded) else text


def render(reply: Reply, language: Language, channel: Channel) -> Rendered:
    """The text and choices of a reply for a channel. Raises MissingWordingError for an unknown
    key."""
    page = Page(language, channel)
    lines = [_text(part, page) for part in reply.sentences]
    choices = [(choice.id, _text(choice.label, page)) for choice in reply.choices]
    if channel in NUMBERED:
        lines += [
            f"{number} {label}"
            for number, (_, label) in enumerate(choices, start=reply.first_number)
        ]
    lines += [_text(part, page) for part in reply.footer]
    card = _card(reply.card, page) if reply.card and channel in ISOLATING else None
    return Rendered("\n".join(lines), tuple(choices), card)


def _card(card: Card, page: Page) -> dict[str, Any]:
    return {
        "kind": card.kind,
        "reference": card.reference.digits,
        "last_day": card.last_day.isoformat() if card.last_day else None,
        "title": _text(card.title, page),
        "steps": [_text(step, page) for step in card.steps],
        "receipt": card.receipt or None,
    }


def sentence(key: str, language: Language, channel: Channel, args: Mapping[str, Arg]) -> str:
    """One sentence by its key, for tools and tests."""
    return _sentence(Sentence(key, args), Page(language, channel))


def worded(value: Arg, language: Language, channel: Channel) -> str:
    """A value by itself, as it stands in a sentence."""
    return _value(value, Page(language, channel))


def _text(part: Sentence | Verbatim, page: Page) -> str:
    return page.plain(part.text) if isinstance(part, Verbatim) else _sentence(part, page)


def _sentence(part: Sentence, page: Page) -> str:
    counted = COUNTED.get(part.key)
    count = part.args.get(counted) if counted else None
    template = wording(
        part.key, page.language, page.channel, count if isinstance(count, int) else None
    )
    values = {name: _isolated(value, page) for name, value in part.args.items()}
    return page.plain(template).format_map(values)


def _isolated(value: Arg, page: Page) -> str:
    shown = _value(value, page)
    # Our own words and counts turn nothing round; several values are isolated one by one.
    is_own = isinstance(value, Sentence | Both | int)
    return shown if is_own or page.channel not in ISOLATING else f"{ISOLATE}{shown}{END_ISOLATE}"


def _value(value: Arg, page: Page) -> str:
    match value:
        case Name():
            return str(value)
        case Sentence() | Verbatim():
            return _text(value, page)
        case Reference(digits):
            return _groups(digits, page)
        case Both(items):
            separator = wording("list.separator", page.language, page.channel)
            return separator.join(_isolated(item, page) for item in items)
        case date():
            return page.plain(_long_date(value, page.language))
        case _:
            return page.plain(str(value))


def _spaced(text: str) -> str:
    """French punctuation with the spaces before it that no line may break at."""
    return BEFORE_COLON.sub(NO_BREAK + ":", BEFORE_SIGN.sub(f"{FINE_SPACE}\\1", text))


def _groups(digits: str, page: Page) -> str:
    """Groups of four. In a right-to-left line a plain space would turn the groups round."""
    joint = NO_BREAK if page.language == "ar" else " "
    return joint.join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _long_date(day: date, language: Language) -> str:
    text = format_date(day, DATES[language], locale=LOCALES[language])
    return text.replace(" 1 ", " 1er ", 1) if language == "fr" and day.day == 1 else text
