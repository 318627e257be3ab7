"""Rasa tokenizer for Moroccan text: folded keys, true offsets, clitics apart, lookups marked.

Trainable, because which words may follow a clitic is learnt from Rasa's lookup tables and from the
annotated entities. The marks are left where Rasa's CRFEntityExtractor looks: lookups and regexes as
`pattern`, the consonants as `pos` (the one free string of a token it reads).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Dict, List, Optional, Text

import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding.components.meanings import Meanings
from bot.understanding.components.sound import consonants
from bot.understanding.components.words import EMPTY, Lexicon, Word, cut

_FILE = "lexicon.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class MoroccanTokenizer(Tokenizer):
    """Cuts with `words.cut`; a token's text is the comparison key, its offsets are the text's."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """What Rasa's own tokenizers take; sub-intents are not split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @staticmethod
    def required_packages() -> List[Text]:
        """None beyond Rasa's own."""
        return []

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        lexicon: Lexicon = EMPTY,
        patterns: Optional[Dict[Text, List[Text]]] = None,
    ) -> None:
        """With an empty lexicon the tokenizer still cuts; it only leaves clitics attached.
        `patterns`: the alternatives of each of Rasa's regex features."""
        super().__init__(config)
        self._storage, self._resource, self._lexicon = model_storage, resource, lexicon
        self._meanings = Meanings(patterns or {})

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MoroccanTokenizer:
        """An untrained tokenizer."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the lexicon and keep it with the model."""
        self._lexicon = Lexicon.build(_lookups(training_data), _entity_starts(training_data))
        patterns = _patterns(training_data)
        self._meanings = Meanings(patterns)
        content = {"lexicon": self._lexicon.dump(), "patterns": patterns}
        with self._storage.write_to(self._resource) as folder:
            rasa.shared.utils.io.dump_obj_as_json_to_file(folder / _FILE, content)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MoroccanTokenizer:
        """The tokenizer with the lexicon it was trained with."""
        with model_storage.read_from(resource) as folder:
            data = rasa.shared.utils.io.read_json_file(folder / _FILE)
        return cls(config, model_storage, resource, Lexicon.load(data["lexicon"]), data["patterns"])

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """Tokens of one attribute with what they are known to be."""
        return [self._token(word) for word in cut(message.get(attribute), self._lexicon)]

    def _token(self, word: Word) -> Token:
        meanings = self._meanings.of(word.key)
        patterns = dict.fromkeys([*sorted(word.lookups), *meanings], True)
        data = {"pattern": patterns, "meanings": meanings, "pos": consonants(word.key)}
        return Token(word.key, word.start, word.end, data=data)


def _lookups(training_data: TrainingData) -> Dict[Text, List[Text]]:
    tables: Dict[Text, List[Text]] = defaultdict(list)
    for table in training_data.lookup_tables:
        tables[table["name"]].extend(table["elements"])
    return tables


def _patterns(training_data: TrainingData) -> Dict[Text, List[Text]]:
    patterns: Dict[Text, List[Text]] = defaultdict(list)
    for regex in training_data.regex_features:
        patterns[regex["name"]].append(regex["pattern"])
    return dict(patterns)


def _entity_starts(training_data: TrainingData) -> List[Text]:
    """First words of annotated entities that stand inside a written word, after its clitic."""
    starts: List[Text] = []
    for example in training_data.entity_examples:
        text = example.get(TEXT)
        for entity in example.get(ENTITIES):
            start = entity["start"]
            if start and text[start - 1].isalnum():
                starts.append(text[start : entity["end"]].split()[0])
    return starts
