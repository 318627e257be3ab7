"""Reads a text as the answer to a question of a flow: the kinds only a flow knows, then
bot.answers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from bot import answers
from bot.answers.result import (
    Accepted,
    Ambiguous,
    AnswerContext,
    NotAnAnswer,
    Parsed,
    Refused,
    Value,
)
from bot.dialogue.form import event_of
from bot.dialogue.state import Frame
from bot.dialogue.words import key
from bot.flows import Question
from bot.language import normalise

ARTICLE = re.compile(
    r"^(?:c est |je suis |ana |انا )?(?:le |la |l |un |une |son |sa |mon |ma |moi )?"
)
NAMES = ("name", "full_name", "family_name", "full_text_name")
ARABIC_NAME = re.compile(r"(?!ال)[\u0621-\u064A]+")
EARLIEST_ALONE = "1920"  # four digits below are a day and a month
LAST_FOUR = re.compile(r"[A-Z0-9]{4}")


@cache
def _choice_words() -> dict[str, dict[str, list[str]]]:
    """By question and word, the choices it may mean: "mari" is the husband, or a spouse, as the
    flow's choices are."""
    raw = tomllib.loads(files("bot.flows").joinpath("words.toml").read_text("utf-8"))
    found: dict[str, dict[str, list[str]]] = {}
    for question, table in raw.items():
        meanings = found.setdefault(question, {})
        for value, words in table.items():
            for word in words:
                meanings.setdefault(key(word), []).append(value)
    return found


def read(question: Question, text: str, context: AnswerContext, frame: Frame) -> Parsed:
    """The outcome of reading a text as an answer to a question, in the light of what is known."""
    if question.after or question.before:
        return _in_order(question, text, context, frame)
    if says_zero(question, text):
        return _zero(question)
    if question.answer in NAMES and _is_a_day(text, context):
        return NotAnAnswer()
    if question.answer == "choice":
        return _choice(question, text, context)
    if question.answer == "arrondissement":
        return _arrondissement(question, text, context, frame)
    reader = OF_FLOWS.get(question.answer)
    return reader(text, context) if reader else answers.parse(question.answer, text, context)


def _in_order(question: Question, text: str, context: AnswerContext, frame: Frame) -> Parsed:
    """A day that must not be before, or after, another one that is known."""
    after, before = frame.values.get(question.after), frame.values.get(question.before)

    def fits(day: Value) -> bool:
        return not (_is_before(day, after) or _is_before(before, day))

    match _date_or_year(text, context):
        case Accepted(day) if not fits(day):
            return Refused(question.out_of_order)
        case Ambiguous(candidates):
            left = tuple(c for c in candidates if fits(c.value))
            if len(left) == 1:
                return Accepted(left[0].value)
            return Ambiguous(left) if left else Refused(question.out_of_order)
        case parsed:
            return parsed


def _is_before(day: Value, other: Value) -> bool:
    """Whether a day is surely before another, as far as both are known (`2010`, `2010-05`)."""
    if not isinstance(day, str) or not isinstance(other, str):
        return False
    known = min(len(day), len(other))
    return day[:known] < other[:known]


def says_zero(question: Question, text: str) -> bool:
    """Whether the text says that there is nothing to answer ("pas de père", "personne")."""
    said = key(text)
    if not question.zero:
        return False
    return said == "0" or question.zero in _choice_words().get(question.id, {}).get(said, ())


def _is_a_day(text: str, context: AnswerContext) -> bool:
    """A day said where a name is asked. Some bare Arabic days are names too (جمعة، خميس): those
    stay names."""
    if ARABIC_NAME.fullmatch(text.strip()):
        return False
    return isinstance(answers.parse("date", text, context), Accepted)


def _zero(question: Question) -> Parsed:
    if question.zero == "none":
        return Accepted({"kind": "none", "number": None, "country": None})
    return Accepted(None)


def _choice(question: Question, text: str, context: AnswerContext) -> Parsed:
    if question.id.endswith("_sex"):
        return answers.parse("sex", text, context)
    words = _choice_words().get(question.id, {})
    whole = key(text)
    meant = (*words.get(whole, ()), *words.get(ARTICLE.sub("", whole), ()))
    value = next((v for v in meant if v in (*question.choices, *question.more)), None)
    return Accepted(value) if value else NotAnAnswer()


def _last_four(text: str, _context: AnswerContext) -> Parsed:
    signs = re.sub(r"\W", "", normalise(text)).upper()
    if LAST_FOUR.fullmatch(signs):
        return Accepted(signs)
    return Refused("problem.last_four") if len(signs) <= 12 else NotAnAnswer()


def _whole_name(text: str, context: AnswerContext) -> Parsed:
    """A full name kept in one piece, for people whose names the act does not split."""
    parsed = answers.parse("full_name", text, context)
    if isinstance(parsed, Accepted) and isinstance(parsed.value, dict):
        return Accepted(
            " ".join(str(parsed.value[p]) for p in ("given", "family") if parsed.value[p])
        )
    return parsed


def _two_part_name(text: str, context: AnswerContext) -> Parsed:
    parsed = answers.parse("full_name", text, context)
    if (
        isinstance(parsed, Accepted)
        and isinstance(parsed.value, dict)
        and not parsed.value["family"]
    ):
        return Refused("problem.family_name_missing")
    return parsed


def _arrondissement(question: Question, text: str, context: AnswerContext, frame: Frame) -> Parsed:
    commune = frame.values.get(f"{event_of(question)}_commune")
    of_commune = dict(answers.arrondissements(str(commune)))
    parsed = answers.parse("commune", text, context)
    if isinstance(parsed, Accepted) and parsed.value in of_commune:
        return parsed
    if isinstance(parsed, Ambiguous):
        fitting = [c for c in parsed.candidates if c.value in of_commune]
        if len(fitting) == 1:
            return Accepted(fitting[0].value)
    return (
        NotAnAnswer()
        if isinstance(parsed, NotAnAnswer)
        else Refused("problem.arrondissement_unknown")
    )


def _date_or_year(text: str, context: AnswerContext) -> Parsed:
    """A day, the last of its kind when its year is not said; or a year alone, of long ago."""
    rough = answers.parse("partial_date", text, context)
    if isinstance(rough, Refused) and rough.problem == "problem.date_future":
        return rough
    said = str(rough.value) if isinstance(rough, Accepted) else ""
    if said >= EARLIEST_ALONE and len(said) < len("2025-11-18"):
        return rough
    return answers.parse("date", text, context)


def _act_reference(text: str, context: AnswerContext) -> Parsed:
    """The number of an act, with its year or its page as it is written; never one of our own
    references."""
    is_ours = isinstance(answers.parse("reference", text, context), Accepted)
    if is_ours or not any(c.isdecimal() for c in text):
        return NotAnAnswer()
    if text.strip().isdecimal():
        return Accepted(normalise(text.strip()))
    return answers.parse("text", text, context)


def _year(text: str, context: AnswerContext) -> Parsed:
    parsed = answers.parse("partial_date", text, context)
    if isinstance(parsed, Accepted):
        return Accepted(str(parsed.value)[:4])
    return parsed


def _one_name(text: str, context: AnswerContext) -> Parsed:
    return answers.parse("name", text, context)


OF_FLOWS: dict[str, Callable[[str, AnswerContext], Parsed]] = {
    "last_four": _last_four,
    "family_name": _one_name,
    "full_text_name": _whole_name,
    "full_name": _two_part_name,
    "year": _year,
    "act_reference": _act_reference,
    "date_or_year": _date_or_year,
}
