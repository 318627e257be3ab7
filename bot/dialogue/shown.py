"""How an answer is said back to the citizen: masked where it must be, its label from the
catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot import answers
from bot.answers.result import Language
from bot.dialogue.form import choice_of, effective, event_of, is_filled
from bot.dialogue.messages import Arg, Both, Name, Sentence, Verbatim
from bot.dialogue.state import Frame
from bot.flows import Flow, Question

VISIBLE_HEAD, VISIBLE_TAIL = 3, 2


def masked(number: str) -> str:
    """A document number as it may be shown: its first three and last two signs."""
    if len(number) <= VISIBLE_HEAD + VISIBLE_TAIL:
        return number[:1] + ".."
    return f"{number[:VISIBLE_HEAD]}..{number[-VISIBLE_TAIL:]}"


def masked_phone(number: str) -> str:
    """A phone number as it may be shown: its last two digits."""
    return f"..{number[-VISIBLE_TAIL:]}"


def full_name(values: Mapping[str, Any], person: str, script: str) -> str:
    """Given and family name of a person in one script, as written; empty when neither is known."""
    parts = (values.get(f"{person}_{part}_name_{script}") for part in ("given", "family"))
    return " ".join(str(p) for p in parts if p)


def typed_script(values: Mapping[str, Any], person: str) -> str:
    """The script in which the citizen wrote a person's name."""
    return "ar" if values.get(f"{person}_given_name_ar") else "latin"


def value_of(flow: Flow, frame: Frame, question: Question, language: Language) -> Arg:
    """The answer to a question as a value for a sentence."""
    values = frame.values
    if not is_filled(question, values) and not is_filled(question, effective(flow, values)):
        return Sentence("value.unknown")
    given: Any = values.get(question.fills[0])
    if question.answer in ("name", "family_name"):
        return Name(_name(flow, frame, question))
    if question.answer == "full_name":
        return _person(values, question.id)
    if question.answer == "place":
        return _place(event_of(question), values, language)
    if question.answer == "choice":
        return Sentence(f"choice.{question.id}.{choice_of(question, values)}")
    simple = SIMPLE.get(question.answer)
    return simple(given, language) if simple else Name(str(given))


def _name(flow: Flow, frame: Frame, question: Question) -> str:
    """The person it is about with its family name, in the script it was written in; a family
    name alone likewise."""
    full, who = effective(flow, frame.values), flow.subject
    if question.answer == "name":
        return full_name(full, who, typed_script(frame.values, who))
    script = "ar" if frame.values.get(f"{who}_family_name_ar") else "latin"
    return str(full.get(f"{who}_family_name_{script}", ""))


def _person(values: Mapping[str, Any], person: str) -> Arg:
    if values.get(f"{person}_known") is False:
        return Sentence("value.left_out")
    return Name(full_name(values, person, typed_script(values, person)))


def _date(iso: str) -> Arg:
    return date.fromisoformat(iso) if len(iso) == len("2025-11-18") else iso


def _place(event: str, values: Mapping[str, Any], language: Language) -> Arg:
    name, kind = values.get(f"{event}_place_name"), values.get(f"{event}_place_kind")
    place: Arg = Name(str(name)) if name else Sentence(f"choice.{event}_place_kind.{kind}")
    where = values.get(f"{event}_arrondissement") or values.get(f"{event}_commune")
    if where:
        return Both((place, Verbatim(answers.commune_label(str(where), language))))
    if country := values.get(f"{event}_country"):
        return Both((place, Verbatim(answers.country_label(str(country), language))))
    return place


def _identity(given: Mapping[str, Any]) -> Arg:
    if given["kind"] == "none":
        return Sentence("value.no_document")
    return Sentence(f"value.{given['kind']}", {"number": Name(masked(str(given["number"])))})


SIMPLE: dict[str, Callable[[Any, Language], Arg]] = {
    "date": lambda given, _: _date(given),
    "partial_date": lambda given, _: _date(given),
    "date_or_year": lambda given, _: _date(given),
    "commune": lambda given, language: Verbatim(answers.commune_label(given, language)),
    "arrondissement": lambda given, language: Verbatim(answers.commune_label(given, language)),
    "country": lambda given, language: Verbatim(answers.country_label(given, language)),
    "identity": lambda given, _: _identity(given),
    "phone": lambda given, _: masked_phone(given),
    "yes_no": lambda given, _: Sentence("choice.yes" if given else "choice.no"),
}
