"""Reads held-out sentences and says how well an understanding does on them.

The files are Rasa training data, so that `rasa test nlu` reads them too; here a sentence counts as
understood when the conversation would act on it rightly: after the fallback, not before it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from bot.dialogue.messages import Understood
from integrations.understanding.answer import OUT_OF_SCOPE

_ENTITY = re.compile(r"\[(?P<text>[^\]]+)\](?:(?P<json>\{[^}]*\})|\((?P<kind>[^)]*)\))")


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence with what it means; `entities` are (kind, role, text)."""

    text: str
    topic: str
    entities: frozenset[tuple[str, str | None, str]]

    @property
    def intent(self) -> str:
        """The topic without its aspect."""
        return self.topic.split("/")[0]


def read_examples(path: Path) -> Iterator[Example]:
    """The sentences of one file of Rasa NLU data."""
    data = yaml.safe_load(path.read_text("utf-8"))
    for block in data.get("nlu") or ():
        for line in block.get("examples", "").splitlines() if "intent" in block else ():
            if line.lstrip().startswith("-"):
                yield _example(line.lstrip()[1:].strip(), block["intent"])


def _example(line: str, topic: str) -> Example:
    found = frozenset(_annotation(match) for match in _ENTITY.finditer(line))
    return Example(_ENTITY.sub(lambda match: match["text"], line), topic, found)


def _annotation(match: re.Match[str]) -> tuple[str, str | None, str]:
    if match["kind"]:
        return (match["kind"], None, match["text"])
    fields: dict[str, Any] = json.loads(match["json"])
    return (fields["entity"], fields.get("role"), match["text"])


@dataclass(frozen=True, slots=True)
class Score:
    """Shares from 0 to 1; None where no sentence could show it."""

    sentences: int
    accuracy: float
    macro_f1: float
    topic_accuracy: float | None
    out_of_scope_recall: float | None
    entity_f1: float | None


def score(pairs: Iterable[tuple[Example, Understood]]) -> Score:
    """How well the sentences were understood."""
    seen = list(pairs)
    right = [(e, u) for e, u in seen if e.intent == u.intent]
    outside = [u.intent == OUT_OF_SCOPE for e, u in seen if e.intent == OUT_OF_SCOPE]
    topics = [e.topic == u.topic for e, u in seen if "/" in e.topic]
    per_intent = f1_by_intent(seen)
    return Score(
        len(seen),
        len(right) / len(seen) if seen else 0.0,
        _mean(list(per_intent.values())) or 0.0,
        _mean(topics),
        _mean(outside),
        _entity_f1(seen),
    )


def f1_by_intent(pairs: Iterable[tuple[Example, Understood]]) -> dict[str, float]:
    """F1 of each intent that occurs among the expected ones."""
    seen = [(example.intent, understood.intent) for example, understood in pairs]
    expected, given = Counter(e for e, _ in seen), Counter(g for _, g in seen)
    hits = Counter(e for e, g in seen if e == g)
    return {
        intent: 2 * hits[intent] / (count + given[intent])
        for intent, count in sorted(expected.items())
    }


def _entity_f1(seen: list[tuple[Example, Understood]]) -> float | None:
    """Over the annotated sentences: one without annotation does not say that it holds nothing."""
    hits = expected = given = 0
    for example, understood in seen:
        if not example.entities:
            continue
        found = {(e.kind, e.role, e.text) for e in understood.entities}
        hits += len(found & example.entities)
        expected, given = expected + len(example.entities), given + len(found)
    return 2 * hits / (expected + given) if expected else None


def _mean(values: list[bool] | list[float]) -> float | None:
    return sum(values) / len(values) if values else None
