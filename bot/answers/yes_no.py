"""Yes or no in every variety; anything more than that is not an answer to a yes-or-no question."""

from __future__ import annotations

from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed
from bot.answers.spot import phrases_of, spot
from bot.answers.words import without_fillers


def parse(text: str, context: AnswerContext) -> Parsed:
    """True or False when the text says only that, politeness aside."""
    spotted = spot(text, phrases_of("yes_no", "yes", "no"))
    said = set(spotted.entries)
    if len(said) != 1 or without_fillers(" ".join(spotted.rest)):
        return NotAnAnswer()
    return Accepted("yes" in said)
