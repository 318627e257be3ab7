"""Tells whose death a message speaks of: only the child's changes what is declared."""

from __future__ import annotations

import re
from functools import cache

from bot.answers.name import looks_like_question
from bot.dialogue.words import group_pattern, key

Gap = int


def child_lost(text: str) -> bool:
    """Whether the text says that the child died. Of the people it names, the one nearest to the
    word of death is meant; named nobody, it is the child, whose birth is talked of."""
    said = _told(text)
    if not _speaks_of_death(said):
        return False
    child, other = _distance(said, "child"), _distance(said, "others")
    if child is None and other is None:
        return not looks_like_question(text)
    return child is not None and (other is None or child < other)


def another_died(text: str) -> bool:
    """Whether the text says that somebody died who is not the child."""
    said = _told(text)
    if not _speaks_of_death(said) or child_lost(text):
        return False
    return _distance(said, "others") is not None


def _told(text: str) -> str:
    """The text as compared: without what only looks like a death ("4h du mat"), and with "the
    father of the child" as the father."""
    plain = group_pattern("died", "not_a_death").sub(" ", key(text))
    return _parent_of_child().sub(r"\g<parent>", plain)


@cache
def _parent_of_child() -> re.Pattern[str]:
    parent, child = (group_pattern("died", name).pattern for name in ("others", "child"))
    link = r"(?:\s+(?:de|du|des|d|l|la|le|ديال|dyal|dial|ta3))*\s+"
    return re.compile(f"(?P<parent>{parent}){link}{child}")


def _speaks_of_death(said: str) -> bool:
    return bool(group_pattern("died", "died").search(said))


def _distance(said: str, whom: str) -> Gap | None:
    """How many signs lie between a word of death and the nearest such person, None without."""
    deaths = [m.span() for m in group_pattern("died", "died").finditer(said)]
    people = [m.span() for m in group_pattern("died", whom).finditer(said)]
    gaps = [max(start - p_end, p_start - end) for start, end in deaths for p_start, p_end in people]
    return min(gaps, default=None)
