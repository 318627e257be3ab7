"""A small number of things, in digits or in words."""

from __future__ import annotations

import re
from functools import cache

from bot.answers.numbers import spoken
from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed, Refused
from bot.answers.words import key, table, without_fillers, words

MOST = 99
_NEGATIVE = re.compile(r"^\s*[-\u2212]\s*\d|\d[.,]\d")  # below zero, or a fraction
_DUALS = {"zero": 0, "one": 1, "two": 2}


@cache
def _small_words() -> frozenset[str]:
    return frozenset(word for phrase in table("count")["words"] for word in words(key(phrase)))


@cache
def _named() -> dict[str, int]:
    dual = table("count")["dual"]
    return {key(word): _DUALS[name] for name, listed in dual.items() for word in listed}


def parse(text: str, context: AnswerContext) -> Parsed:
    """An integer from 0 to 99."""
    if _NEGATIVE.search(text):
        return Refused("problem.count_unclear")
    said = words(key(text))
    whole = _number(" ".join(said))
    if whole is not None:
        return _checked(whole)
    carrying = [w for w in said if w not in _small_words() and w in without_fillers(w)]
    numbers = [n for n in map(_number, said) if n is not None and not _is_article(said, n)]
    if len(numbers) > 1 or (not numbers and any(w[0].isdigit() for w in carrying)):
        return Refused("problem.count_unclear")
    if not numbers or any(_number(word) is None for word in carrying):
        return NotAnAnswer()
    return _checked(numbers[0])


def _is_article(said: list[str], number: int) -> bool:
    """Whether a one is only the noun's own: "3 نسخ" has one number, "نسخة واحدة" too."""
    return number == 1 and sum(_number(word) is not None for word in said) > 1


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word[:9])
    named = _named().get(word)
    return named if named is not None else spoken().get(word)


def _checked(number: int) -> Parsed:
    if number > MOST:
        return Refused("problem.count_too_many", {"most": str(MOST)})
    return Accepted(number)
