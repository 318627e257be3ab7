"""Finds command words, corrections and signs in a message; the words themselves are data."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from bot.language import fold

MAX_COMMAND_WORDS = 7  # longer messages are sentences, for understanding to read


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


def key(text: str) -> str:
    """The form in which words are compared: folded, punctuation turned into single spaces."""
    return " ".join(re.sub(r"[\W]+", " ", fold(text)).split()) or text.strip()[:1]


@cache
def _commands() -> dict[str, str]:
    return {key(w): name for name, words in _data("words.toml")["commands"].items() for w in words}


@cache
def _fillers() -> re.Pattern[str]:
    words = sorted((key(w) for w in _data("words.toml")["fillers"]["words"]), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)")


def command(text: str) -> str | None:
    """The command a whole message stands for, once politeness is set aside; None if it is none."""
    whole = key(text)
    if whole in _commands():
        return _commands()[whole]
    if len(whole.split()) > MAX_COMMAND_WORDS:
        return None
    bare = " ".join(_fillers().sub(" ", whole).split())
    return _commands().get(bare) if bare else None


@cache
def _greetings() -> frozenset[str]:
    return frozenset(key(w) for w in _data("words.toml")["greeting"]["words"])


def greets(text: str) -> bool:
    """Whether a whole message is nothing but a greeting."""
    return key(text) in _greetings()


@cache
def group_pattern(group: str, name: str) -> re.Pattern[str]:
    """What finds the words of a group of words.toml in a text made comparable by `key`."""
    words = sorted((key(w) for w in _data("words.toml")[group][name]), key=len, reverse=True)
    return re.compile(r"(?<!\w)[وفبل]?(?:" + "|".join(map(re.escape, words)) + r")(?!\w)")


def has(text: str, group: str, name: str = "words") -> bool:
    """Whether a word of a group of words.toml stands in the text (`twins`, `helper`,
    `died.died`)."""
    return bool(group_pattern(group, name).search(key(text)))


@cache
def _fields(flow_id: str) -> list[tuple[str, str]]:
    names = _data("fields.toml").get(flow_id, {})
    pairs = [(key(alias), question) for question, aliases in names.items() for alias in aliases]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def field_named(flow_id: str, text: str) -> str | None:
    """The question whose name stands in the text: the longest name found, and one that is denied
    ("la date, pas le lieu") only where no other is."""
    rest, denied = key(text), None
    for alias, question in _fields(flow_id):
        found = re.search(rf"(?<!\w)(?:[وفبل]|ل)?{re.escape(alias)}(?!\w)", rest)
        if found and not _ends_in_denial(rest[: found.start()]):
            return question
        if found:
            denied = denied or question
            # Of "le nom de la mère" nothing may be found again by a shorter name.
            rest = f"{rest[: found.start()]}\N{FULL STOP}{rest[found.end() :]}"
    return denied


def corrects(text: str) -> bool:
    """Whether the text says that something given before is wrong."""
    return has(text, "correction", "markers")


def corrects_only(flow_id: str, text: str) -> bool:
    """Whether a message holds nothing but the name of a question and words of correction."""
    rest = key(text)
    for alias, _ in _fields(flow_id):
        rest, found = re.subn(rf"(?<!\w)(?:[وفبل]|ل)?{re.escape(alias)}(?!\w)", " ", rest, count=1)
        if found:
            break
    else:
        return False
    for words in ("markers", "small"):
        rest = group_pattern("correction", words).sub(" ", rest)
    return not _fillers().sub(" ", rest).strip()


def denies(text: str, part: str) -> bool:
    """Whether a part of a text is what it is not ("hier, pas lundi")."""
    before, found, _ = key(text).partition(key(part))
    return bool(found) and _ends_in_denial(before)


def _ends_in_denial(text: str) -> bool:
    denials = group_pattern("correction", "denials").pattern
    return re.search(rf"{denials}(?:\s(?:le|la|l|un|une|de|d|au|à))*\s$", text) is not None


def field_and_value(text: str) -> tuple[str, str | None]:
    """A correction split at its "c'est", "هي", "s'appelle"...: what stands before the first, and,
    as it was written, what follows the last; None if nothing does."""
    leads = "|".join(
        re.escape(w)
        for w in sorted(_data("words.toml")["correction"]["value_leads"], key=len, reverse=True)
    )
    found = re.split(rf"(?i)(?:^|[\s،,;.])(?:{leads})[\s:]+", text.strip())
    tail = found[-1].strip(" .،,") if len(found) > 1 else ""
    return found[0], tail or None
