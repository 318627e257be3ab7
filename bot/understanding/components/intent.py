"""Chooses the intent: one logistic regression against the rest for each, made for few sentences.

Rasa's LogisticRegressionClassifier fits all intents at once by a solver that needs half a minute
here and has no setting for the strength of regularisation; this one needs a second.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from bot.understanding.components.rows import rows

_FILE = "intents.skops"
_RANKING = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class OneAgainstRestClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking` as Rasa's own classifiers do."""

    @classmethod
    def required_components(cls) -> List[Any]:
        """Featurizers."""
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
        model: Optional[LogisticRegression] = None,
    ) -> None:
        """`model` is None until trained."""
        self._config, self._storage, self._resource = config, model_storage, resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OneAgainstRestClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on all sentences with an intent."""
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        model = LogisticRegression(
            C=self._config["C"], solver="liblinear", class_weight="balanced", random_state=42
        )
        self._model = model.fit(rows(examples), [e.get(INTENT) for e in examples])
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._model, folder / _FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OneAgainstRestClassifier:
        """The trained classifier; a file with types skops does not trust is refused."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, skops.io.load(folder / _FILE))

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the intents by their probability to each message."""
        for message in messages:
            if self._model is not None and message.get(TEXT):
                ranking = self._rank(message)
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set("intent_ranking", ranking[:_RANKING], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> List[Dict[Text, Any]]:
        assert self._model is not None
        chances = self._model.predict_proba(rows([message]))[0]
        ranking = sorted(zip(chances, self._model.classes_, strict=True), reverse=True)
        return [{"name": str(name), "confidence": float(chance)} for chance, name in ranking]
