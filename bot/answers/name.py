"""Reads a person's name and keeps every letter of it as it was written.

A first name is never judged: only what cannot be a name (digits, signs, a link) is refused, and a
question goes to understanding. Words and patterns: data/names.toml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from bot.answers.name_split import split_full_name
from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed, Refused
from bot.answers.words import table
from bot.language import fold, without_invisible

__all__ = [
    "PARSERS",
    "looks_like_question",
    "parse_full_name",
    "parse_name",
    "parse_name_ar",
    "parse_name_latin",
    "split_full_name",
]

Script = Literal["arab", "latn"]

_DATA = table("names")
_LONGEST: int = _DATA["longest"]
_MOST_WORDS: int = _DATA["most_words"]
# A question is told by its beginning; nothing longer is read.
_READ = 500
_QUESTION = frozenset(fold(_DATA["question"]).split())
_PHRASES = tuple(f" {fold(phrase)} " for phrase in _DATA["question_phrases"])
_TALK = frozenset(fold(_DATA["talk"]).split())
_FRAME = re.compile(f"(?:{'|'.join(_DATA['frames'])}){_DATA['after_frame']}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = "'’‘ʼʾʿ`´"
_JOINERS = "-‐‑ـ" + _APOSTROPHES
# Signs that make a link, an address or a tag: they are never dropped from around a name.
_MEANINGFUL = "@#/\\<>{}$%&=" + _APOSTROPHES
# Digits of Arabizi: ح ع ق beside a letter, خ and ء before one only (Ra7ma, 5alid, not Ilyas2).
_ARABIZI = re.compile(
    r"(?<![0-9])(?:(?<=[^\W\d_])[379](?![0-9])|[379](?=[^\W\d_])|[25](?=[a-z]))", re.IGNORECASE
)


def looks_like_question(text: str) -> bool:
    """Plainly a question or a request, in Arabic, Darija, Arabizi or French."""
    text = text[:_READ]
    if "?" in text or "؟" in text or not _QUESTION.isdisjoint(_words(text)):
        return True
    return any(phrase in f" {fold(text)} " for phrase in _PHRASES)


def parse_name(text: str, context: AnswerContext) -> Parsed:
    """One name in either script, as written."""
    read = _read(text)
    return Accepted(read[0]) if isinstance(read, tuple) else read


def parse_name_ar(text: str, context: AnswerContext) -> Parsed:
    """One name in Arabic letters, as written."""
    return _in_script(text, "arab", "problem.name_needs_arabic")


def parse_name_latin(text: str, context: AnswerContext) -> Parsed:
    """One name in Latin letters, as written; 7amza and 3li are names."""
    return _in_script(text, "latn", "problem.name_needs_latin")


def parse_full_name(text: str, context: AnswerContext) -> Parsed:
    """Given and family name: `{"given", "family" or None, "script": "arab" | "latn"}`."""
    read = _read(text)
    if not isinstance(read, tuple):
        return read
    given, family = split_full_name(read[0])
    return Accepted({"given": given, "family": family, "script": read[1]})


PARSERS: dict[str, Callable[[str, AnswerContext], Parsed]] = {
    "name": parse_name,
    "name_ar": parse_name_ar,
    "name_latin": parse_name_latin,
    "full_name": parse_full_name,
}


def _in_script(text: str, script: Script, problem: str) -> Parsed:
    read = _read(text)
    if not isinstance(read, tuple):
        return read
    return Accepted(read[0]) if read[1] == script else Refused(problem)


def _read(text: str) -> tuple[str, Script] | Refused | NotAnAnswer:
    """The name without its frame and its script, or why there is none."""
    visible = without_invisible(text).strip()
    rest = _FRAME.sub("", visible, count=1) if _FRAME.match(visible) else visible
    if looks_like_question(rest) or not _TALK.isdisjoint(_words(rest[:_READ])):
        return NotAnAnswer()
    name = _trimmed(rest)
    problem = _problem(name)
    return Refused(f"problem.{problem}") if problem else (name, _script_of(name))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _trimmed(name: str) -> str:
    """Without the signs around it: the full stop of a sentence, quotes, hearts. A first or last
    apostrophe stays, it may be an ayn; a pair of them is a pair of quotes."""
    start, end = 0, len(name)
    while start < end and not _belongs(name[start]):
        start += 1
    while end > start and not _belongs(name[end - 1]):
        end -= 1
    name = name[start:end]
    if len(name) > 2 and name[0] in _APOSTROPHES and name[-1] in _APOSTROPHES:
        return name[1:-1].strip()
    return name


def _belongs(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" or char in _MEANINGFUL


def _problem(name: str) -> str | None:
    """The key of what keeps the text from being a name."""
    if not any(map(str.isalpha, name)):
        return "name_has_digits" if any(map(str.isnumeric, name)) else "name_empty"
    if len(name) > _LONGEST:
        return "name_too_long"
    if len(name.split()) > _MOST_WORDS:
        return "name_too_many_words"
    return _letters_problem(name)


def _letters_problem(name: str) -> str | None:
    scripts = {_letter_script(char) for char in name if char.isalpha() and char not in _JOINERS}
    spelt = _ARABIZI.sub("a", name) if scripts == {"LATIN"} else name
    if any(map(str.isnumeric, spelt)):
        return "name_has_digits"
    if not all(map(_may_stand_in, spelt)) or re.search(r"\.\S", spelt):
        return "name_has_signs"
    if not scripts or scripts - {"LATIN", "ARABIC"}:
        return "name_other_script" if scripts else "name_empty"
    return "name_two_scripts" if len(scripts) > 1 else None


def _may_stand_in(char: str) -> bool:
    return char in _JOINERS or char in ". " or char.isspace() or _is_letter_or_mark(char)


def _is_letter_or_mark(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


def _letter_script(char: str) -> str:
    return unicodedata.name(char, "?").split(" ", 1)[0]


def _script_of(name: str) -> Script:
    return "arab" if any(_letter_script(char) == "ARABIC" for char in name) else "latn"
