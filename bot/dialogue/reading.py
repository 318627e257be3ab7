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
)
from bot.dialogue.state import Frame
from bot.dialogue.words import key
from bot.flows import Question
from bot.language import normalise

ARTICLE = re.compile(
    r"^(?:c est |je suis |ana |انا )?(?:le |la |l |un |une |son |sa |mon |ma |moi )?"
)
NAMES = ("name", "full_name", "family_name", "full_text_name")
ARABIC_NAME = re.compile(r"(?!ال)[\u0621-\u064A]+")
LAST_FOUR = re.compile(r"[A-Z0-9]{4}")


@cache
def _choice_words() -> dict[str, dict[str, str]]:
    raw = tomllib.loads(files("bot.flows").joinpath("words.toml").read_text("utf-8"))
    return {
        question: {key(word): value for value, words in table.items() for word in words}
        for question, table in raw.items()
    }


def read(question: Question, text: str, context: AnswerContext, frame: Frame) -> Parsed:
    """The outcome of reading a text as an answer to a question, in the light of what is known."""
    if says_zero(question, text):
        return _zero(question)
    if question.answer in NAMES and _is_a_day(text, context):
        return NotAnAnswer()
    if question.answer == "choice":
        return _choice(question, text, context)
    if question.answer == "arrondissement":
        return _arrondissement(text, context, frame)
    reader = OF_FLOWS.get(question.answer)
    return reader(text, context) if reader else answers.parse(question.answer, text, context)


def says_zero(question: Question, text: str) -> bool:
    """Whether the text says that there is nothing to answer ("pas de père", "personne")."""
    said = key(text)
    if not question.zero:
        return False
    return said == "0" or _choice_words().get(question.id, {}).get(said) == question.zero


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
    if question.id == "child_sex":
        return answers.parse("sex", text, context)
    words = _choice_words().get(question.id, {})
    whole = key(text)
    value = words.get(whole) or words.get(ARTICLE.sub("", whole))
    if value in (*question.choices, *question.more):
        return Accepted(value)
    return NotAnAnswer()


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


def _arrondissement(text: str, context: AnswerContext, frame: Frame) -> Parsed:
    of_commune = dict(answers.arrondissements(str(frame.values.get("birth_commune"))))
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
}
