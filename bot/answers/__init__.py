"""Reads a citizen's text as the answer to a question: one parser for each kind of answer.

Every parser gets the text already cleaned and short; what is plainly a question never reaches one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.answers import (
    commune,
    count,
    country,
    date,
    free_text,
    identity,
    name,
    phone,
    place,
    reference,
    sex,
    time,
    yes_no,
)
from bot.answers.commune import find_communes
from bot.answers.communes import (
    arrondissements,
    commune_label,
    commune_of,
    has_arrondissements,
    is_place,
)
from bot.answers.country import country_label
from bot.answers.date import find_dates
from bot.answers.result import AnswerContext, NotAnAnswer, Parsed, Refused
from bot.answers.words import asks
from bot.language import normalise

__all__ = [
    "KINDS",
    "arrondissements",
    "commune_label",
    "commune_of",
    "country_label",
    "find_communes",
    "find_dates",
    "has_arrondissements",
    "is_place",
    "parse",
]

LONGEST_ANSWER = 300  # characters; a longer text tells a story, and understanding should read it
_LONGEST_READ = 1000  # what is cleaned at all: bounds the work, whatever is sent

_PARSERS: Mapping[str, Callable[[str, AnswerContext], Parsed]] = {
    "cnie": identity.parse_cnie,
    "commune": commune.parse,
    "count": count.parse,
    "country": country.parse,
    "date": date.parse,
    "full_name": name.parse_full_name,
    "identity": identity.parse,
    "name": name.parse_name,
    "name_ar": name.parse_name_ar,
    "name_latin": name.parse_name_latin,
    "partial_date": date.parse_partial,
    "phone": phone.parse,
    "place": place.parse,
    "reference": reference.parse,
    "sex": sex.parse,
    "text": free_text.parse,
    "time": time.parse,
    "yes_no": yes_no.parse,
}
KINDS = frozenset(_PARSERS)
# These tell questions from names themselves.
_NAMES = frozenset({"full_name", "name", "name_ar", "name_latin"})

# Problems of a text in which nothing at all was recognised: it may as well be a request.
_WITHOUT_SIGN = ("_unknown", "_near")


def parse(kind: str, text: str, context: AnswerContext) -> Parsed:
    """Read a text as an answer of a kind. Raises KeyError on an unknown kind, and nothing else."""
    parser = _PARSERS[kind]
    clean = normalise(text[:_LONGEST_READ])
    if not clean or len(text) > _LONGEST_READ or len(clean) > LONGEST_ANSWER:
        return NotAnAnswer()
    if kind in _NAMES:
        return parser(clean, context)
    if asks(clean) or (kind == "text" and name.looks_like_question(clean)):
        return NotAnAnswer()
    parsed = parser(clean, context)
    unknown = isinstance(parsed, Refused) and parsed.problem.endswith(_WITHOUT_SIGN)
    return NotAnAnswer() if unknown and name.looks_like_question(clean) else parsed
