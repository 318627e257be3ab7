"""Warming loads tables and changes nothing that is answered."""

from __future__ import annotations

from bot import answers
from bot.answers.result import Accepted, AnswerContext
from bot.answers.warming import warm_up
from tests.support.phone import FRIDAY


def test_the_answer_is_the_same_before_and_after() -> None:
    context = AnswerContext("fr", FRIDAY)
    before = answers.parse("date", "hier", context)
    warm_up(FRIDAY)
    assert answers.parse("date", "hier", context) == before == Accepted("2025-11-20")
