"""A country by its name in Arabic, French or as people say it; value ISO 3166 alpha-2."""

from __future__ import annotations

from functools import cache

from babel import Locale
from rapidfuzz import fuzz, process

from bot.answers.result import Accepted, AnswerContext, Language, NotAnAnswer, Parsed, Refused
from bot.answers.words import key, table, without_fillers, words

LOCALES: dict[Language, str] = {"ar": "ar_MA", "fr": "fr"}
NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})
ALIKE = 88.0
LONGEST_ANSWER = 4


def country_label(code: str, language: Language) -> str:
    """The country's name. Raises KeyError for a code that is no country."""
    return str(Locale.parse(LOCALES[language]).territories[code])


@cache
def names() -> dict[str, str]:
    """From the key of every known name to its code; own words last, so that they win."""
    known: dict[str, str] = {}
    for locale in (*LOCALES.values(), "ar"):
        for code, name in Locale.parse(locale).territories.items():
            if len(code) == 2 and code not in NOT_COUNTRIES:
                known[key(name.replace("-", " "))] = code
    own = table("country")["names"]
    return known | {key(name): code for code, listed in own.items() for name in listed}


@cache
def _leads() -> frozenset[str]:
    return frozenset(key(word) for word in table("country")["leads"]["words"])


def country_named(name: str) -> str | None:
    """The code of a country by its exact name, with or without a preposition; None otherwise."""
    folded = " ".join(words(key(name)))
    while folded and folded not in names():
        head, _, tail = folded.partition(" ")
        if head not in _leads() or not tail:
            return _unglued(folded)
        folded = tail
    return names().get(folded)


def _unglued(folded: str) -> str | None:
    for glued in table("country")["leads"]["glued"]:
        bare = folded.removeprefix(glued)
        if bare != folded and len(bare) >= 3:
            found = names().get(bare) or names().get(f"ال{bare}")
            if found:
                return found
    return None


def parse(text: str, context: AnswerContext) -> Parsed:
    """A country's name and nothing else but small words."""
    bare = " ".join(without_fillers(key(text)))
    code = country_named(text) or country_named(bare)
    if code:
        return Accepted(code)
    near = process.extractOne(bare, names().keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    if near and len(bare) >= 5:
        return Accepted(names()[near[0]])
    if 0 < len(bare.split()) <= LONGEST_ANSWER:
        example = country_label("FR", context.language)
        return Refused("problem.country_unknown", {"example": example})
    return NotAnAnswer()
