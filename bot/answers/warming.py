"""Loads every parser's tables before the first citizen needs them: it takes half a second once."""

from __future__ import annotations

from datetime import datetime

from bot.answers import KINDS, parse
from bot.answers.result import AnswerContext

SAMPLE = "le 3 novembre, hopital, Rabat, France"


def warm_up(now: datetime) -> None:
    """Read a sample as every kind of answer, in both languages."""
    for kind in sorted(KINDS):
        parse(kind, SAMPLE, AnswerContext("fr", now))
        parse(kind, SAMPLE, AnswerContext("ar", now))
