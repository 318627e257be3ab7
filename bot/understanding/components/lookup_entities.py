"""Entities of closed kinds, read from Rasa's lookup tables with the same folding as the tokens.

Rasa's RegexEntityExtractor compares raw letters and word boundaries: it knows neither a clitic
("فالبارح") nor a spelling without accents. This one reads the marks the tokenizer left, and adds
only what the CRF has not found, so annotated sentences keep the last word.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LookupEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds lookup matches of the configured kinds where no extractor before it found anything."""

    @staticmethod
    def required_packages() -> List[Text]:
        """None beyond Rasa's own."""
        return []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`lookups`: lookup name -> entity; `patterns`: entity -> regex over one word of the text;
        `role`: entity -> role; `confidence` is what the entity is reported with."""
        return {"lookups": {}, "patterns": {}, "confidence": 0.8}

    def __init__(self, config: Dict[Text, Any]) -> None:
        """Compile the patterns once."""
        self._lookups: Dict[Text, Text] = config["lookups"]
        self._confidence: float = config["confidence"]
        self._patterns = {
            entity: re.compile(pattern) for entity, pattern in config["patterns"].items()
        }

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LookupEntityExtractor:
        """There is nothing to learn: the tokenizer keeps the tables."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Add entities to each message."""
        for message in messages:
            if message.get(TOKENS_NAMES[TEXT]):
                found = message.get(ENTITIES, [])
                message.set(ENTITIES, found + self._add(message, found), add_to_output=True)
        return messages

    def _add(self, message: Message, found: List[Dict[Text, Any]]) -> List[Dict[Text, Any]]:
        tokens = message.get(TOKENS_NAMES[TEXT])
        taken = [(entity["start"], entity["end"]) for entity in found]
        added: List[Dict[Text, Any]] = []
        for entity, start, end in self._candidates(tokens, message.get(TEXT)):
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                added.append(self._entity(entity, start, end, message.get(TEXT)))
        return added

    def _candidates(self, tokens: List[Token], text: Text) -> List[Any]:
        spans = [
            (entity, start, end)
            for lookup, entity in self._lookups.items()
            for start, end in _runs(tokens, lookup)
        ]
        for entity, pattern in self._patterns.items():
            words = [(t.start, t.end) for t in tokens if pattern.fullmatch(text[t.start : t.end])]
            spans.extend((entity, start, end) for start, end in words)
        return spans

    def _entity(self, entity: Text, start: int, end: int, text: Text) -> Dict[Text, Any]:
        return {
            "entity": entity,
            "start": start,
            "end": end,
            "value": text[start:end],
            "confidence_entity": self._confidence,
            "extractor": type(self).__name__,
        }


def _runs(tokens: List[Token], lookup: Text) -> List[Any]:
    """Spans of the words the tokenizer marked as one entry of `lookup`."""
    runs: List[Any] = []
    start: Optional[int] = None
    end = 0
    for token in tokens:
        marks = token.get("pattern", {})
        if f"{lookup}:next" in marks and start is not None:
            end = token.end
            continue
        if start is not None:
            runs.append((start, end))
        start, end = (token.start, token.end) if f"{lookup}:first" in marks else (None, 0)
    return runs if start is None else [*runs, (start, end)]
