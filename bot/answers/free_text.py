"""A short text that is kept as written: an address, a profession, a place of birth."""

from __future__ import annotations

from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed, Refused
from bot.language import fold

SHORTEST, LONGEST = 2, 200


def parse(text: str, context: AnswerContext) -> Parsed:
    """The text itself when it has words or a number and is neither too short nor a story."""
    letters = sum(char.isalnum() for char in fold(text))  # a bare tatweel is no letter
    if letters == 0:
        return NotAnAnswer()
    if len(text) < SHORTEST or letters < SHORTEST:
        return Refused("problem.text_short")
    if len(text) > LONGEST:
        return Refused("problem.text_long", {"most": str(LONGEST)})
    return Accepted(text)
