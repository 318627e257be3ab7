"""Where it happened, in one free sentence: the kind of place, the facility's name, the commune."""

from __future__ import annotations

import re

from bot.answers import commune, communes, country
from bot.answers.commune import Span
from bot.answers.place_kind import Found, Word, facility, find_kind, word_set
from bot.answers.result import (
    Accepted,
    Ambiguous,
    AnswerContext,
    Candidate,
    NotAnAnswer,
    Parsed,
    Refused,
    Value,
)
from bot.answers.words import key, without_fillers, words

LONGEST_TEXT = 25  # words
LONGEST_UNPLACED = 4  # words of an attempt that names nothing known
_WORD = re.compile("(?:[^\\W_]|[\u064b-\u0652\u0670])+")  # a vowel sign does not end a word


def parse(text: str, context: AnswerContext) -> Parsed:
    """A place as {kind, name, commune, country}; what was not said is None, the kind "unknown"."""
    said = [Word(key(m[0]), m.start(), m.end()) for m in _WORD.finditer(text)]
    if len(said) > LONGEST_TEXT:
        return NotAnAnswer()
    keys = [word.key for word in said]
    abroad = None if commune.spans(keys) else _abroad(text, said)
    if abroad:
        return abroad
    found = find_kind(keys)
    spans = _communes(keys, found)
    if found.kind == "abroad":
        return Accepted(_value("abroad", None, None, None))
    name, spans = facility(text, said, found, spans)
    codes = commune.meant(spans)
    if not found.kind and not codes:
        return _nothing(keys)
    if _extra(keys, found, spans, name) > LONGEST_UNPLACED:
        return NotAnAnswer()
    return _outcome(found.kind or "unknown", name, codes, context)


def _value(kind: str, name: str | None, code: str | None, land: str | None) -> Value:
    return {"kind": kind, "name": name, "commune": code, "country": land}


def _abroad(text: str, said: list[Word]) -> Accepted | None:
    """A foreign country named in the sentence; its hospital and town are kept as written."""
    for start in range(len(said)):
        for end in range(min(len(said), start + 4), start, -1):
            if len(said[start].key) < 3:
                break
            land = country.country_named(" ".join(word.key for word in said[start:end]))
            if land and land != "MA":
                before, after = text[: said[start].start], text[said[end - 1].end :]
                return Accepted(_value("abroad", _bare(before) or _bare(after), None, land))
    return None


def _bare(part: str) -> str | None:
    """Words as written, without the small ones around them; None when nothing else is there."""
    left = part.split()
    while left and _is_small(left[0]):
        left.pop(0)
    while left and _is_small(left[-1]):
        left.pop()
    return " ".join(left).strip(" ,،;-") or None


def _is_small(word: str) -> bool:
    folded = key(word)
    return not folded or commune.small(folded) or folded in word_set("fillers")


def _outcome(kind: str, name: str | None, codes: tuple[str, ...], context: AnswerContext) -> Parsed:
    if len(codes) <= 1:
        return Accepted(_value(kind, name, codes[0] if codes else None, "MA" if codes else None))
    return Ambiguous(
        tuple(
            Candidate(_value(kind, name, c, "MA"), communes.full_label(c, context.language))
            for c in codes
        )
    )


def _nothing(keys: list[str]) -> Parsed:
    carrying = without_fillers(" ".join(keys))
    attempt = 0 < len(carrying) <= LONGEST_UNPLACED
    return Refused("problem.place_unknown") if attempt else NotAnAnswer()


def _communes(keys: list[str], found: Found) -> list[Span]:
    start, end = found.kind_span
    before, after = commune.spans(keys[:start]), commune.spans(keys[end:])
    spans = before + [Span(s.start + end, s.end + end, s.codes) for s in after]
    return spans or _misspelt(keys, end)


def _misspelt(keys: list[str], start: int) -> list[Span]:
    """The last words, when they are nearly a commune's name."""
    for length in (3, 2, 1):
        at = len(keys) - length
        if at >= start and not commune.small(keys[at]):
            codes = communes.alike(" ".join(keys[at:]))
            if codes:
                return [Span(at, len(keys), codes)]
    return []


def _extra(keys: list[str], found: Found, spans: list[Span], name: str | None) -> int:
    taken = set(range(*found.kind_span)) | {i for s in spans for i in range(s.start, s.end)}
    named = set(words(key(name or "")))
    left = [k for i, k in enumerate(keys) if i not in taken and k not in named]
    return len([k for k in left if not commune.small(k) and k not in word_set("fillers")])
