"""An identity document: the national card (CNIE), a passport, a residence card, or none.

No official form of the CNIE number was found and public validators disagree, so the rule is
tolerant: one or two letters, then four to seven digits.
"""

from __future__ import annotations

import re

from bot.answers.country import country_named
from bot.answers.leads import other_words
from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed, Refused, Value
from bot.answers.spot import phrases_of, spot
from bot.answers.words import key, words

EXAMPLE, PASSPORT_EXAMPLE = "AB123456", "AB1234567"
_CNIE = re.compile(r"[A-Z]{1,2}[0-9]{4,7}")
_CNIE_AT_END = re.compile(r"(?<![^\W\d_])([A-Za-z][\s.-]?[A-Za-z]?)[\s.:-]*(\d[\d\s.-]*\d)\W*$")
_OTHER = re.compile(r"(?=[A-Z0-9]*\d{3})[A-Z0-9]{5,14}")
_MOROCCAN_PASSPORT = re.compile(r"[A-Z]{2}[0-9]{7}")
_SIGNS = re.compile(r"[\W_]+")


def parse_cnie(text: str, context: AnswerContext) -> Parsed:
    """A CNIE number, upper case without spaces."""
    number = _cnie(text)
    if number:
        return Accepted(number)
    return _failed(text)


def parse(text: str, context: AnswerContext) -> Parsed:
    """The document as {kind, number, country}; "none" when the person has none to show."""
    spotted = spot(text, phrases_of("identity", "none", "passport", "residence_card"))
    kinds = set(spotted.entries)
    if kinds == {"none"} and not other_words(" ".join(spotted.rest), "identity"):
        return Accepted(_value("none", None, None))
    for kind in ("passport", "residence_card"):
        if kind in kinds:
            return _other_document(kind, list(spotted.rest), text)
    number = _cnie(text)
    return Accepted(_value("cnie", number, "MA")) if number else _failed(text)


def _value(kind: str, number: str | None, country: str | None) -> Value:
    return {"kind": kind, "number": number, "country": country}


def _cnie(text: str) -> str | None:
    """The number when the text is that, with at most words that lead to it."""
    whole = _SIGNS.sub("", text).upper()
    if _CNIE.fullmatch(whole):
        return whole
    found = _CNIE_AT_END.search(text)
    if not found or other_words(text[: found.start()], "identity"):
        return None
    number = _SIGNS.sub("", found[1] + found[2]).upper()
    return number if _CNIE.fullmatch(number) else None


def _failed(text: str) -> Parsed:
    """A wrong number when there are digits; a sentence without any is something else."""
    if not any(c.isdigit() for c in text) or len(other_words(text, "identity")) > 2:
        return NotAnAnswer()
    return Refused("problem.cnie_format", {"example": EXAMPLE})


def _other_document(kind: str, rest: list[str], text: str) -> Parsed:
    country = next((c for c in map(country_named, rest) if c), None)
    numbers = [n for n in _runs(text) if _OTHER.fullmatch(n)]
    if len(numbers) == 1:
        moroccan = kind == "residence_card" or _MOROCCAN_PASSPORT.fullmatch(numbers[0])
        country = country or ("MA" if moroccan else None)
        return Accepted(_value(kind, numbers[0], country))
    return Refused("problem.document_number", {"example": PASSPORT_EXAMPLE})


def _runs(text: str) -> list[str]:
    """Words with digits; one or two letters before digits belong to the number (`AB 1234567`)."""
    joined: list[str] = []
    for word in words(key(text).upper()):
        if word.isdigit() and joined and (joined[-1].isdigit() or len(joined[-1]) <= 2):
            joined[-1] += word
        else:
            joined.append(word)
    return joined
