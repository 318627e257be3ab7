"""The kind of place named in a sentence, and the name of the hospital or clinic as written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.answers import commune, communes
from bot.answers.commune import Span
from bot.answers.words import key, table, words

FACILITIES = ("hospital", "clinic", "birth_centre", "institution")
LONGEST_KIND = 4  # words
LONGEST_NAME = 8
LONGEST_BARE_NAME = 4  # of a facility whose kind is not said
_COMMA = re.compile("[,،;]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, its place in the text, its key."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """The kind of place and the words that name it, from the first to before the last."""

    kind: str | None = None
    kind_span: tuple[int, int] = (0, 0)


@cache
def kinds() -> dict[tuple[str, ...], str]:
    """From the words of a phrase to the kind of place it names."""
    listed_by_kind = table("place")["kinds"]
    return {tuple(words(key(p))): kind for kind, listed in listed_by_kind.items() for p in listed}


@cache
def word_set(section: str) -> frozenset[str]:
    """The words of a section of the place table."""
    return frozenset(w for p in table("place")[section]["words"] for w in words(key(p)))


def find_kind(keys: list[str]) -> Found:
    """The first kind named that is not a home; of phrases that start together the longest."""
    homes: Found | None = None
    for at in range(len(keys)):
        found = _kind_at(keys, at)
        if found and found.kind != "home":
            return found
        homes = homes or found
    return homes or Found()


def _kind_at(keys: list[str], at: int) -> Found | None:
    for end in range(min(len(keys), at + LONGEST_KIND), at, -1):
        for first in unglued(keys[at]):
            kind = kinds().get((first, *keys[at + 1 : end]))
            if kind and not _is_longer_name(keys, at, end, kind):
                return Found(kind, (at, end))
    return None


def unglued(word: str) -> list[str]:
    """The word, and without a preposition written onto it: `فمستشفى`, `fsbitar`."""
    glued = (*table("commune")["clitics"]["glued"], *table("place")["latin_glued"]["prefixes"])
    bare = [word.removeprefix(g) for g in glued if word.startswith(g) and len(word) - len(g) >= 3]
    return [word, *bare]


def _is_longer_name(keys: list[str], at: int, end: int, kind: str) -> bool:
    """Whether "dar" or "bhar" begins a commune's name: Dar Bouazza, دار الكداري."""
    if kind not in ("home", "public_place") or end - at != 1:
        return False
    named = commune.span_at(keys, at)
    return named is not None and named.end > end


def facility(
    text: str, said: list[Word], found: Found, spans: list[Span]
) -> tuple[str | None, list[Span]]:
    """The facility's name as written, and the names of communes that are not part of it."""
    if found.kind is None:
        return _unnamed_kind(text, said, spans), spans
    if found.kind not in FACILITIES:
        return None, spans
    first, after = found.kind_span
    beside = [span for span in spans if span.start == after]
    if beside and (len(spans) > 1 or communes.index().places[beside[0].codes[0]].parent):
        end = beside[0].end
        spans = [s for s in spans if s is not beside[0]] or spans
    else:
        end = _name_end(text, said, after, spans)
    if end == after:
        return None, spans
    start = said[first].start + _glued_length(said[first].key)
    return text[start : said[end - 1].end], spans


def _unnamed_kind(text: str, said: list[Word], spans: list[Span]) -> str | None:
    """The words before the commune when no kind was said: "cheikh zaid rabat"."""
    before = said[: spans[0].start] if spans else []
    carrying = [w for w in before if not commune.small(w.key) and w.key not in word_set("fillers")]
    if not 0 < len(carrying) <= LONGEST_BARE_NAME:
        return None
    return text[carrying[0].start : carrying[-1].end]


def _name_end(text: str, said: list[Word], after: int, spans: list[Span]) -> int:
    """Where the name ends: at the commune, at a comma, or with the text; small words fall off."""
    limit = min([s.start for s in spans if s.start >= after] + [len(said), after + LONGEST_NAME])
    end = after
    while end < limit and not _COMMA.search(text[said[end - 1].end : said[end].start]):
        end += 1
    loose = word_set("ends_a_name") | word_set("fillers")
    while end > after and said[end - 1].key in loose:
        end -= 1
    return end


def _glued_length(first: str) -> int:
    if (first,) in kinds():
        return 0
    bare = [word for word in unglued(first) if (word,) in kinds()]
    return len(first) - len(max(bare, key=len)) if bare else 0
