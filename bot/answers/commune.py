"""A commune or arrondissement named in a short text; value its HCP code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from bot.answers import communes
from bot.answers.result import (
    Accepted,
    Ambiguous,
    AnswerContext,
    Candidate,
    Language,
    NotAnAnswer,
    Parsed,
    Refused,
)
from bot.answers.spelling import unglued
from bot.answers.words import key, table, without_fillers, words

LONGEST_NAME = 6  # words
LONGEST_ANSWER = 6
LONGEST_TEXT = 12  # an address beside the name included
MOST_WORDS = 40  # read at all
EXTRA_WORDS = 2  # a neighbourhood before a divided city
EXTRA_WORDS_APART = 4  # an address beside the commune
LONGEST_UNKNOWN = 3  # words like no commune at all: more of them is a sentence
PREFIX = re.compile(r"\w{3,5}")


@dataclass(frozen=True, slots=True)
class Span:
    """The words from `start` to before `end` name one of `codes`."""

    start: int
    end: int
    codes: tuple[str, ...]


@cache
def _small_words() -> frozenset[str]:
    clitics = table("commune")["clitics"]
    return frozenset(
        w for side in ("latin", "arabic") for c in clitics[side] for w in words(key(c))
    )


@cache
def _negations() -> frozenset[str]:
    return frozenset(key(word) for word in table("commune")["negations"]["words"])


@cache
def _parts() -> frozenset[str]:
    return frozenset(key(word) for word in table("commune")["parts"]["words"])


def small(word: str) -> bool:
    """Whether a word only leads to a place: a preposition, "ville", "جماعة"."""
    return word in _small_words() or not without_fillers(word)


def spans(tokens: list[str]) -> list[Span]:
    """The places named in these words, from left to right, the longest name at each point."""
    tokens = tokens[:MOST_WORDS]
    found: list[Span] = []
    at = 0
    while at < len(tokens):
        span = span_at(tokens, at)
        if span:
            found.append(span)
        at = span.end if span else at + 1
    return found


def span_at(tokens: list[str], at: int) -> Span | None:
    """The longest name that starts at this word."""
    longest = LONGEST_NAME if any(map(communes.begins_a_name, unglued(tokens[at]))) else 1
    for end in range(min(len(tokens), at + longest), at, -1):
        if end - at == 1 and (small(tokens[at]) or len(tokens[at]) < 3):
            return None
        if not small(tokens[end - 1]):
            codes = _named(" ".join(tokens[at:end]))
            if codes:
                return Span(at, end, codes)
    return None


def _named(name: str) -> tuple[str, ...]:
    for bare in unglued(name):
        codes = communes.named(bare)
        if codes:
            return codes
    return ()


def meant(found: Iterable[Span]) -> tuple[str, ...]:
    """What several names mean together: a part of a city, a namesake in a province, or each."""
    groups = [span.codes for span in found]
    if len(groups) < 2:
        return groups[0] if groups else ()
    for group in groups:
        others = [code for other in groups if other is not group for code in other]
        inside = communes.narrowed(group, others)
        if len(inside) < len(group) or _in_city(inside, others):
            return inside
    return tuple(dict.fromkeys(code for group in groups for code in group))


def _in_city(codes: tuple[str, ...], others: list[str]) -> bool:
    return len(codes) == 1 and communes.commune_of(codes[0]) in others and codes[0] not in others


def parse(text: str, context: AnswerContext) -> Parsed:
    """The commune named by the text; a neighbourhood may stand beside it, a sentence may not."""
    tokens = words(key(text))
    if len(tokens) > LONGEST_TEXT or _negations() & set(tokens):
        return NotAnAnswer()
    bare = [token for token in tokens if not small(token)]
    name = " ".join(bare)
    codes = _named(" ".join(tokens)) or _among(text, tokens)
    if not codes and (len(bare) > 1 or PREFIX.fullmatch(name)):
        codes = communes.beginning(name)
    codes = codes or communes.alike(name)
    if codes:
        return outcome(codes, context.language)
    return _unknown(bare, context.language)


def _among(text: str, tokens: list[str]) -> tuple[str, ...]:
    """What the names among these words mean, when what stands beside them is a part of the place:
    after a comma, led in by "hay" or "douar", or before the name of a divided city."""
    found = spans(tokens)
    named = {at for span in found for at in range(span.start, span.end)}
    extra = [t for at, t in enumerate(tokens) if at not in named and not small(t)]
    codes = meant(found)
    inside = communes.in_province(codes, " ".join(extra)) if len(codes) > 1 else ()
    if inside:
        return inside
    apart = _parts() & set(extra) or re.search("[,،;]", text)
    divided = len(codes) == 1 and communes.has_arrondissements(codes[0])
    beside = extra and len(extra) <= (EXTRA_WORDS if divided else EXTRA_WORDS_APART)
    return codes if not extra or (beside and (apart or divided)) else ()


def outcome(codes: tuple[str, ...], language: Language) -> Accepted | Ambiguous:
    """One code is the answer; several are offered, told apart by city or province."""
    if len(codes) == 1:
        return Accepted(codes[0])
    return Ambiguous(tuple(Candidate(code, communes.full_label(code, language)) for code in codes))


def _unknown(bare: list[str], language: Language) -> Parsed:
    if not 0 < len(bare) <= LONGEST_ANSWER:
        return NotAnAnswer()
    near = communes.suggestions(" ".join(bare))
    if not near and len(bare) > LONGEST_UNKNOWN:
        return NotAnAnswer()
    if not near:
        return Refused("problem.commune_unknown")
    comma = "، " if language == "ar" else ", "
    names = dict.fromkeys(communes.commune_label(code, language) for code in near)
    return Refused("problem.commune_near", {"nearest": comma.join(names)})


def find_communes(text: str) -> tuple[str, ...]:
    """The codes of the communes named anywhere in a text, in order; namesakes all of them."""
    return tuple(dict.fromkeys(code for span in spans(words(key(text))) for code in span.codes))
