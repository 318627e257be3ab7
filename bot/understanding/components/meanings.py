"""Which meanings a word has by Rasa's regex features (nlu_data/lookups/concepts.yml).

Rasa's RegexFeaturizer searches raw text; these patterns are written for one folded word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import List, Mapping, Sequence, Tuple


class Meanings:
    """Compiled patterns by name; the answers for frequent words are remembered."""

    def __init__(self, patterns: Mapping[str, Sequence[str]]) -> None:
        """Name -> alternatives. A pattern that does not compile raises `re.error` with its text."""
        self._patterns: List[Tuple[str, "re.Pattern[str]"]] = [
            (name, re.compile("|".join(f"(?:{alternative})" for alternative in alternatives)))
            for name, alternatives in sorted(patterns.items())
        ]
        self._known = lru_cache(maxsize=5000)(self._look)

    def of(self, key: str) -> List[str]:
        """Names of the patterns that fit the whole folded word, in alphabetical order."""
        return list(self._known(key))

    def _look(self, key: str) -> Tuple[str, ...]:
        return tuple(name for name, pattern in self._patterns if pattern.fullmatch(key))
