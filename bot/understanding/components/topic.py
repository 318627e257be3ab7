"""Chooses the topic within a retrieval intent ("procedure_birth" -> "procedure_birth/documents").

Rasa's ResponseSelector does this with TensorFlow and ready-made answers; ours live in the knowledge
files of the application. The result is left where the ResponseSelector leaves it, so that Rasa's
server reports it as `full_retrieval_intent_name`.
"""

from __future__ import annotations

from typing import Any, Dict, List, Text

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from bot.understanding.components.rows import rows

_FILE = "topics.skops"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """One logistic regression for each retrieval intent, over the sentence features."""

    @classmethod
    def required_components(cls) -> List[Any]:
        """Featurizers; the intent classifier must stand before it in config.yml."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """None beyond Rasa's own."""
        return []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`C`: the larger, the closer to the sentences and the surer of itself."""
        return {"C": 10.0}

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        models: Dict[Text, LogisticRegression],
    ) -> None:
        """`models` by retrieval intent; one with a single topic needs none."""
        self._config, self._storage, self._resource = config, model_storage, resource
        self._models = models

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource, {})

    def train(self, training_data: TrainingData) -> Resource:
        """Fit one model for each retrieval intent with at least two topics."""
        for intent in sorted(training_data.retrieval_intents):
            examples = [e for e in training_data.intent_examples if e.get(INTENT) == intent]
            self._fit(intent, [e for e in examples if e.get(INTENT_RESPONSE_KEY) and e.get(TEXT)])
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._models, folder / _FILE)
        return self._resource

    def _fit(self, intent: Text, examples: List[Message]) -> None:
        topics = [example.get(INTENT_RESPONSE_KEY) for example in examples]
        if len(set(topics)) < 2:
            return
        model = LogisticRegression(
            C=self._config["C"], solver="liblinear", class_weight="balanced", random_state=42
        )
        self._models[intent] = model.fit(rows(examples), topics)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """The trained models; a file with types skops does not trust is refused."""
        with model_storage.read_from(resource) as folder:
            models = skops.io.load(folder / _FILE)
        return cls(config, model_storage, resource, models)

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the topic of the message's intent, if it is a retrieval intent."""
        for message in messages:
            intent = (message.get(INTENT) or {}).get("name")
            if intent in self._models:
                message.set(RESPONSE_SELECTOR, self._select(intent, message), add_to_output=True)
        return messages

    def _select(self, intent: Text, message: Message) -> Dict[Text, Any]:
        model = self._models[intent]
        chances = model.predict_proba(rows([message]))[0]
        ranking = [
            {INTENT_RESPONSE_KEY: topic, "confidence": float(chance)}
            for chance, topic in sorted(zip(chances, model.classes_, strict=True), reverse=True)
        ]
        selected = {"response": ranking[0], "ranking": ranking}
        return {"all_retrieval_intents": sorted(self._models), intent: selected}
