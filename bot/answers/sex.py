"""The sex of a person: male or female, by the words people use for girls and boys."""

from __future__ import annotations

from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed, Refused
from bot.answers.spot import phrases_of, spot
from bot.answers.words import without_fillers


def parse(text: str, context: AnswerContext) -> Parsed:
    """`female` or `male`; both at once is a refusal (twins are asked about elsewhere)."""
    spotted = spot(text, phrases_of("sex", "female", "male", "fillers"))
    said = set(spotted.entries) - {"fillers"}
    if not said or without_fillers(" ".join(spotted.rest)):
        return NotAnAnswer()
    if len(said) > 1:
        return Refused("problem.sex_unclear")
    return Accepted(said.pop())
