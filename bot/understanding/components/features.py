"""What the classifiers look at: words, pieces of words, consonants, meanings, weighted by rarity.

Rasa's CountVectorsFeaturizer counts; with few sentences for an intent, rarity and the features that
the spellings share are worth more than counts (docs/rasa.md has the measurements).
"""

from __future__ import annotations

from typing import Any, Dict, List, Text

import scipy.sparse
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

_FILE = "vectorizers.skops"
# Beside scikit-learn's own classes a vectorizer holds its weights in this one.
_TRUSTED = ["scipy.sparse._csr.csr_matrix"]
_WORDS = {"analyzer": "word", "token_pattern": r"\S+"}
_PIECES = {"analyzer": "char_wb"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MoroccanFeaturizer(SparseFeaturizer, GraphComponent):
    """Sentence features only: nothing in this pipeline reads sequence features."""

    @classmethod
    def required_components(cls) -> List[Any]:
        """The tokenizer, which leaves keys, consonants and patterns on the tokens."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """None beyond Rasa's own."""
        return []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Lengths, from and to, of the n-grams of each view on a sentence."""
        return {
            **SparseFeaturizer.get_default_config(),
            "words": [1, 2],
            "pieces": [2, 4],
            "consonant_words": [1, 2],
            "consonant_pieces": [2, 4],
            "meanings": [1, 2],
        }

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Wrong lengths are refused by scikit-learn when training begins."""

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        vectorizers: Dict[Text, TfidfVectorizer],
    ) -> None:
        """`vectorizers` by view."""
        super().__init__(execution_context.node_name, config)
        self._storage, self._resource = model_storage, resource
        self._vectorizers = vectorizers

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MoroccanFeaturizer:
        """An untrained featurizer."""
        kinds = {"pieces": _PIECES, "consonant_pieces": _PIECES}
        vectorizers = {
            view: TfidfVectorizer(
                **kinds.get(view, _WORDS),
                lowercase=False,
                ngram_range=tuple(config[view]),
                sublinear_tf=True,
            )
            for view in ("words", "pieces", "consonant_words", "consonant_pieces", "meanings")
        }
        return cls(config, model_storage, resource, execution_context, vectorizers)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which n-grams there are and how rare they are."""
        views = [_views(e) for e in training_data.training_examples if e.get(TEXT)]
        for name, vectorizer in self._vectorizers.items():
            vectorizer.fit([view[name] for view in views])
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._vectorizers, folder / _FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MoroccanFeaturizer:
        """The trained featurizer; a file with types skops does not trust is refused."""
        with model_storage.read_from(resource) as folder:
            vectorizers = skops.io.load(folder / _FILE, trusted=_TRUSTED)
        return cls(config, model_storage, resource, execution_context, vectorizers)

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the features to each message."""
        texts = [message for message in messages if message.get(TOKENS_NAMES[TEXT]) is not None]
        views = [_views(message) for message in texts]
        if not views:
            return messages
        columns = [
            vectorizer.transform([view[name] for view in views])
            for name, vectorizer in self._vectorizers.items()
        ]
        rows = scipy.sparse.hstack(columns, format="csr")
        for number, message in enumerate(texts):
            self.add_features_to_message(None, rows[number].tocoo(), TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to each example."""
        self.process(training_data.training_examples)
        return training_data


def _views(message: Message) -> Dict[Text, Text]:
    """The sentence as each vectorizer reads it."""
    tokens = message.get(TOKENS_NAMES[TEXT])
    words = " ".join(token.text for token in tokens)
    heard = " ".join(token.get("pos") for token in tokens)
    meanings = " ".join(name for token in tokens for name in token.get("meanings"))
    return {
        "words": words,
        "pieces": words,
        "consonant_words": heard,
        "consonant_pieces": heard,
        "meanings": meanings or "none",
    }
