"""Rasa's CRF entity extractor, kept as a trained model instead of as its training sentences.

Since 3.6.21 `CRFEntityExtractor` stores the training set and trains again at every load: the server
would take longer to start with each sentence added, and the model file would hold the sentences.
Training, features and decoding stay Rasa's; only what is written to disk differs.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Dict, List, Text

import pycrfsuite
import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.crf_entity_extractor import CRFEntityExtractor, CRFToken

_ORDER = "order.json"


class StoredTagger:
    """A trained CRF read from bytes, with the one method Rasa's extractor calls."""

    def __init__(self, model: bytes) -> None:
        """`model`: a crfsuite model file's content."""
        # crfsuite reads this memory for as long as it tags and keeps no copy of its own.
        self._model = model
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(self._model)
        self._labels: List[Text] = self._tagger.labels()

    def predict_marginals_single(self, xseq: List[Dict[Text, Any]]) -> List[Dict[Text, float]]:
        """Each word's probability for each label. Only labels of words that are not plainly outside
        an entity are computed in full: most words are, and each marginal is a call into C."""
        self._tagger.set(xseq)
        return [self._marginals(position) for position in range(len(xseq))]

    def _marginals(self, position: int) -> Dict[Text, float]:
        outside = self._tagger.marginal("O", position) if "O" in self._labels else 0.0
        if outside > 0.99:
            return {"O": outside}
        return {label: self._tagger.marginal(label, position) for label in self._labels}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class StoredCRFEntityExtractor(CRFEntityExtractor):
    """CRFEntityExtractor whose model file holds the CRF itself; same settings in config.yml."""

    @staticmethod
    def required_packages() -> List[Text]:
        """None beyond the locked ones (Rasa would ask setuptools for them at each start)."""
        return []

    def persist(self, dataset: List[List[CRFToken]]) -> None:
        """Write each trained CRF; the sentences in `dataset` are left out."""
        with self._model_storage.write_to(self._resource) as folder:
            rasa.shared.utils.io.dump_obj_as_json_to_file(folder / _ORDER, self.crf_order)
            for name, tagger in (self.entity_taggers or {}).items():
                content = _model_bytes(tagger)
                (folder / f"{name}.crfsuite").write_bytes(content)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> StoredCRFEntityExtractor:
        """The trained CRFs, in the order they were trained in."""
        taggers: OrderedDict[Text, Any] = OrderedDict()
        with model_storage.read_from(resource) as folder:
            order = rasa.shared.utils.io.read_json_file(folder / _ORDER)
            for name in order:
                taggers[name] = StoredTagger((folder / f"{name}.crfsuite").read_bytes())
        extractor = cls(config, model_storage, resource, taggers)
        extractor.crf_order = order
        return extractor


def _model_bytes(tagger: Any) -> bytes:
    with open(tagger.modelfile.name, "rb") as file:
        return file.read()
