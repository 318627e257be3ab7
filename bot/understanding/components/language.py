"""Tells the classifiers which variety a message is written in, by the application's authority."""

from __future__ import annotations

from typing import Any, Dict, List, Text

import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language import detect

_VARIETIES = ("msa", "darija", "arabizi", "fr", "mixed")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class VarietyFeaturizer(SparseFeaturizer, GraphComponent):
    """Adds the detected variety as features, and `language` to what the server answers."""

    @classmethod
    def required_components(cls) -> List[Any]:
        """A tokenizer, as every featurizer of Rasa."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Nothing to set."""
        return SparseFeaturizer.get_default_config()

    @staticmethod
    def required_packages() -> List[Text]:
        """None beyond Rasa's own."""
        return []

    def __init__(self, execution_context: ExecutionContext, config: Dict[Text, Any]) -> None:
        """Rasa names features after the node."""
        super().__init__(execution_context.node_name, config)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> VarietyFeaturizer:
        """There is nothing to learn here: `detect` is the application's."""
        return cls(execution_context, config)

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing to set, nothing to check."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Mark each message."""
        for message in messages:
            self._mark(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Mark each example as a message will be."""
        self.process(training_data.training_examples)
        return training_data

    def _mark(self, message: Message) -> None:
        if not message.get(TEXT):
            return
        found = detect(message.get(TEXT))
        message.set(
            "language",
            {
                "code": found.code,
                "script": found.script,
                "variety": found.variety,
                "confidence": found.confidence,
            },
            add_to_output=True,
        )
        row = [[float(found.variety == variety) for variety in _VARIETIES]]
        self.add_features_to_message(None, scipy.sparse.coo_matrix(row), TEXT, message)
