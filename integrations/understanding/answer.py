"""What Rasa's /model/parse answers, read into our own words and back out of the cache.

A `Reading` holds spans instead of texts: it can be stored without storing what a citizen wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue.messages import Entity, Understood

OUT_OF_SCOPE = "out_of_scope"
_FALLBACK = "nlu_fallback"
_ALTERNATIVES = 4


@dataclass(frozen=True, slots=True)
class Span:
    """An entity by its place in the normalised text, in code points."""

    kind: str
    start: int
    end: int
    role: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """An understanding without the text it was made from."""

    intent: str
    topic: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...]
    spans: tuple[Span, ...]

    def over(self, text: str) -> Understood:
        """The understanding of `text`, the normalised text this reading was made from."""
        entities = tuple(
            Entity(span.kind, text[span.start : span.end], span.role, span.confidence)
            for span in self.spans
        )
        return Understood(self.intent, self.topic, self.confidence, entities, self.alternatives)

    def dump(self) -> dict[str, Any]:
        """JSON; `load` is its inverse."""
        spans = [[s.kind, s.start, s.end, s.role, s.confidence] for s in self.spans]
        return {
            "intent": self.intent,
            "topic": self.topic,
            "confidence": self.confidence,
            "alternatives": [list(pair) for pair in self.alternatives],
            "spans": spans,
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Reading:
        """Inverse of `dump`; KeyError, TypeError or ValueError when the data is not ours."""
        return cls(
            str(data["intent"]),
            str(data["topic"]),
            float(data["confidence"]),
            tuple((str(name), float(chance)) for name, chance in data["alternatives"]),
            tuple(Span(*fields) for fields in data["spans"]),
        )


def read(answer: Mapping[str, Any]) -> Reading:
    """Rasa's answer as a reading; KeyError, TypeError or ValueError when it is not one.

    Rasa's fallback becomes `out_of_scope` with the confidence of the best guess; the guesses are
    the alternatives, so that a caller can offer them.
    """
    intent = answer["intent"]
    ranking = tuple(
        (str(entry["name"]), float(entry["confidence"]))
        for entry in answer.get("intent_ranking", ())
        if entry["name"] != _FALLBACK
    )
    spans = tuple(_span(entity) for entity in answer.get("entities", ()))
    if intent["name"] in (_FALLBACK, None):
        best = ranking[0][1] if ranking else 0.0
        return Reading(OUT_OF_SCOPE, OUT_OF_SCOPE, best, ranking[:_ALTERNATIVES], spans)
    name = str(intent["name"])
    others = tuple(entry for entry in ranking if entry[0] != name)[:_ALTERNATIVES]
    topic = str(intent.get("full_retrieval_intent_name") or name)
    return Reading(name, topic, float(intent["confidence"]), others, spans)


def _span(entity: Mapping[str, Any]) -> Span:
    role = entity.get("role")
    confidence = float(entity.get("confidence_entity", 1.0))
    start, end = int(entity["start"]), int(entity["end"])
    return Span(str(entity["entity"]), start, end, str(role) if role else None, confidence)
