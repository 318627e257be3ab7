"""An answer as a printed form shows it: whole, and in Arabic and French side by side.

What a citizen wrote stands in the column of its script only; nothing is transliterated here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from hijridate import Gregorian

from bot import answers
from bot.answers.result import Language
from bot.dialogue import shown
from bot.dialogue.form import OTHER_SCRIPT, choice_of, is_filled, script_of
from bot.dialogue.messages import Arg, Both, Channel, Name, Sentence, Verbatim
from bot.dialogue.state import Frame
from bot.flows import Flow, Question
from bot.wording.rendering import END_ISOLATE, ISOLATE, LOCALES, worded

CHANNEL: Channel = (
    "web"  # whose wording is written for reading, with whole words and spaces of print
)
WRITTEN = ("text", "full_text_name", "time", "year", "act_reference")
# Steps whose choices an act calls otherwise than a conversation does.
OFFICIAL = ("child_sex", "deceased_sex", "multiple_birth_rank")
# A line of print holds one value, whose direction is its cell's: the marks of a page would only be
# copied with the text.
PLAIN = {ord(ISOLATE): None, ord(END_ISOLATE): None}
YEAR, YEAR_AND_MONTH = len("1990"), len("1990-05")


@dataclass(frozen=True, slots=True)
class Pair:
    """The same in Arabic and in French; a side may be empty."""

    ar: str = ""
    fr: str = ""

    def __bool__(self) -> bool:
        """Whether anything is there."""
        return bool(self.ar or self.fr)


def in_both(make: Callable[[Language], Arg]) -> Pair:
    """A value as both languages word it."""
    arabic, french = worded(make("ar"), "ar", CHANNEL), worded(make("fr"), "fr", CHANNEL)
    return Pair(arabic.translate(PLAIN), french.translate(PLAIN))


def said(key: str, **args: Arg) -> Pair:
    """A sentence of the catalogues in both languages."""
    return in_both(lambda _: Sentence(key, args))


def cell(flow: Flow, values: Mapping[str, Any], step: str) -> Pair:
    """What was answered at a step; a question that fills several is one cell, and so is a name in
    both scripts. Raises LookupError for a step that the flow does not have."""
    question = _question(flow, step)
    in_scripts = [values.get(f"{step}_{script}") or "" for script in OTHER_SCRIPT]
    if any(in_scripts):
        return Pair(*in_scripts)
    if step not in (question.id, question.fills[0]) or not is_filled(question, values):
        return Pair()
    given: Any = values[question.fills[0]]
    if question.answer in WRITTEN:
        return _written(str(given))
    make = MADE.get(question.answer)
    if make:
        return make(given)
    if question.id in OFFICIAL:
        return said(f"receipt.{question.id}.{choice_of(question, values)}")
    frame = Frame(flow.id, flow.version, dict(values))
    return in_both(lambda language: shown.value_of(flow, frame, question, language))


def day(iso: str) -> Pair:
    """A day in both calendars; of a birth known by its year or month, only that."""
    if len(iso) == YEAR:
        return Pair(iso, iso)
    if len(iso) == YEAR_AND_MONTH:
        first = date.fromisoformat(f"{iso}-01")
        return Pair(*(format_date(first, "MMMM y", LOCALES[lang]) for lang in ("ar", "fr")))
    known = date.fromisoformat(iso)
    hijri = _hijri(known)
    if hijri is None:
        return in_both(lambda _: known)
    return said("receipt.both_calendars", day=known, hijri=hijri)


def _hijri(known: date) -> Sentence | None:
    """The day in the Hijri calendar as computed; in Morocco the moon decides, a day off or two."""
    try:
        found = Gregorian.fromdate(known).to_hijri()
    except OverflowError:
        return None  # beyond the tables
    month = Sentence(f"receipt.hijri_month.{found.month}")
    if found.day == 1:
        return Sentence("receipt.hijri_first", {"month": month, "year": found.year})
    return Sentence("receipt.hijri", {"number": found.day, "month": month, "year": found.year})


def _question(flow: Flow, step: str) -> Question:
    for question in flow.questions:
        if step == question.id or {step, f"{step}_ar"} & set(question.fills):
            return question
    raise LookupError(f"receipt.unknown_step: {flow.id}: {step}")


def _written(text: str) -> Pair:
    """As the citizen wrote it, under its own script; digits belong to both."""
    if not any(letter.isalpha() for letter in text):
        return Pair(text, text)
    return Pair(ar=text) if script_of(text) == "ar" else Pair(fr=text)


def _identity(given: Mapping[str, Any]) -> Pair:
    if given["kind"] == "none":
        return said("value.no_document")
    document = Sentence(f"value.{given['kind']}", {"number": Name(given["number"])})
    country = given.get("country")
    if not country or country == "MA":
        return in_both(lambda _: document)
    return in_both(
        lambda lang: Both((document, Verbatim(answers.country_label(str(country), lang))))
    )


MADE: dict[str, Callable[[Any], Pair]] = {
    "date": day,
    "partial_date": day,
    "date_or_year": day,
    "identity": _identity,
    "phone": lambda given: Pair(given, given),
}
