"""The shape of a topic file, checked when it is loaded: both languages, a source and a date,
always."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

CONFIDENCE = frozenset("HMLI")
FIELDS = {"ar": str, "fr": str, "source": str, "checked": date, "confidence": str, "next": list}
# A choice after an answer: begin a flow, reach a person, or ask for another answer.
NEXT_STEP = re.compile(r"do:(start_[a-z_]+|agent)|ask:[a-z_]+/[a-z_]+")


class TopicError(Exception):
    """knowledge.bad_topic: a topic file lacks something an answer must have; names file and
    field."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one kind of question, in both languages, with the ground it stands on.

    `confidence` is H, M, L or I (official, one good source, weak, inferred); `next_steps` are
    choice ids offered after it; `source` names the law or page it rests on; `checked` is the day
    a person last compared the two.
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

    Raises TopicError naming the topic and the field at fault.
    """
    return {
        f"{topic}/{aspect}": _answer(f"{topic}/{aspect}", table) for aspect, table in raw.items()
    }


def without_target(answers: Mapping[str, Answer]) -> list[str]:
    """The `ask:` steps that lead to no answer, each as `topic -> step`."""
    return [
        f"{topic} -> {step}"
        for topic, answer in answers.items()
        for step in answer.next_steps
        if step.startswith("ask:") and step.removeprefix("ask:") not in answers
    ]


def _answer(topic: str, table: Any) -> Answer:
    fault = _fault(table)
    if fault:
        raise TopicError(f"knowledge.bad_topic: {topic} {fault}")
    return Answer(
        topic,
        table["ar"].strip(),
        table["fr"].strip(),
        table["source"].strip(),
        table["checked"],
        table["confidence"],
        tuple(table["next"]),
    )


def _fault(table: Any) -> str | None:
    if not isinstance(table, Mapping):
        return "is not a table of fields"
    for field in (*FIELDS, *table):
        if field not in table:
            return f"lacks {field}"
        if field not in FIELDS:
            return f"has an unknown field {field}"
        if not isinstance(table[field], FIELDS[field]):
            return f"has a {field} that is not a {FIELDS[field].__name__}"
    return _fault_of_values(table)


def _fault_of_values(table: Mapping[str, Any]) -> str | None:
    empty = next((f for f, kind in FIELDS.items() if kind is str and not table[f].strip()), None)
    if empty:
        return f"has an empty {empty}"
    if table["confidence"] not in CONFIDENCE:
        return f"has a confidence that is not one of {''.join(sorted(CONFIDENCE))}"
    bad = next((step for step in table["next"] if not NEXT_STEP.fullmatch(str(step))), None)
    return f"has a next step of unknown shape: {bad}" if bad is not None else None
