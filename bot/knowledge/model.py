"""The shape of a topic file, checked when it is loaded: both languages, a source and a date,
always."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


class TopicError(Exception):
    """knowledge.bad_topic: a topic file lacks something an answer must have; names file and
    field."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one kind of question, in both languages, with the ground it stands on.

    `confidence` is H, M, L or I as in the fact file (official, one good source, weak, inferred);
    `next_steps` are choice ids offered after it; `source` names the law or page it rests on.
    """

    topic: str
    ar: str
    fr: str
    source: str
    checked: date
    confidence: str
    next_steps: tuple[str, ...]


def answers_of(topic: str, raw: Mapping[str, Any]) -> dict[str, Answer]:
    """Every answer of a parsed topic file by its full topic (`procedure_birth/documents`).

    Raises TopicError naming the topic and the missing field.
    """
    return {
        f"{topic}/{aspect}": _answer(f"{topic}/{aspect}", table) for aspect, table in raw.items()
    }


def _answer(topic: str, table: Mapping[str, Any]) -> Answer:
    try:
        return Answer(
            topic,
            table["ar"].strip(),
            table["fr"].strip(),
            table["source"],
            table["checked"],
            table["confidence"],
            tuple(table.get("next", ())),
        )
    except KeyError as error:
        raise TopicError(f"knowledge.bad_topic: {topic} lacks {error}") from error
