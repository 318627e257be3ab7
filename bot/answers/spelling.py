"""The many spellings of one place name: keys under which they meet, from strict to loose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.answers.words import key, table, words

_ARTICLE = re.compile(r"\b(?:el|al|er|es|ech|en|et|ed|ez|as|ar|l)[ -](?=\w{3})|\bال(?=\w{3})")
# Letters and digits that Latin spellings of Arabic names use one for the other, in this order.
_LATIN = (
    ("sh", "ch"), ("ou", "u"), ("oo", "u"), ("w", "u"), ("q", "k"), ("9", "k"), ("7", "h"),
    ("5", "kh"), ("3", "a"), ("2", ""), ("o", "u"), ("y", "i"), ("ee", "i"), ("c", "k"),
    ("kh", "x"), ("gu", "g"),
)  # fmt: skip
_ARABIC = str.maketrans("ثذظ", "تدض")
_REPEATED = re.compile(r"(.)\1+")
_SIGNS = re.compile(r"[\W_]+")


def squeezed(name: str) -> str:
    """A name's key without blanks, hyphens and apostrophes."""
    return _SIGNS.sub("", key(name))


def loosened(name: str) -> str:
    """A name's key without articles, doubled letters and what Latin spellings vary in."""
    bare = _SIGNS.sub("", _ARTICLE.sub("", key(name)))
    if bare.isascii():
        for written, sound in _LATIN:
            bare = bare.replace(written, sound)
        bare = bare.removesuffix("h")
    return _REPEATED.sub(r"\1", bare.translate(_ARABIC))


def first_words(name: str) -> set[str]:
    """The loose keys of a name's first word, with its article and without."""
    bare = _ARTICLE.sub("", key(name))
    return {loosened(word) for text in (key(name), bare) for word in words(text)[:1]}


def unglued(name: str) -> Iterator[str]:
    """The name itself, then without the preposition written onto it (`فالرباط`, `بسيدي بنور`)."""
    yield name
    first = words(key(name))[:1]
    for glued in table("commune")["clitics"]["glued"]:
        if first and first[0].startswith(glued) and len(first[0]) - len(glued) >= 3:
            bare = key(name).removeprefix(glued)
            yield f"ال{bare}" if glued.endswith(("ال", "لل")) else bare
