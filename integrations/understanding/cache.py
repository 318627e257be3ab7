"""Remembers what a text meant without remembering the text."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Protocol

from integrations.understanding.answer import Reading

LIFE_SECONDS = 3600
log = logging.getLogger(__name__)


class Store(Protocol):
    """A key-value store with expiry. It may lose anything and may fail: then Rasa is asked."""

    async def get(self, key: str) -> bytes | str | None:
        """The value, or None when it is not there (any more)."""

    async def set(self, key: str, value: str, ttl_seconds: int) -> None:
        """Keep the value for so long."""


class ParseCache:
    """Readings under an HMAC of the normalised text, for one hour."""

    def __init__(self, store: Store, hmac: Callable[[str], bytes], model: str) -> None:
        """`hmac`: keyed, so that nobody can guess texts from names (`Crypto.blind` with a domain).
        `model`: the model's name; a new model does not answer with an old one's readings."""
        self._store, self._hmac, self._model = store, hmac, model

    async def get(self, text: str) -> Reading | None:
        """The reading of a normalised text, if it is known; a failing store knows nothing."""
        try:
            found = await self._store.get(self._name(text))
            return None if found is None else Reading.load(json.loads(found))
        except Exception as error:
            log.warning("parse cache unreadable: %s", type(error).__name__)
            return None

    async def put(self, text: str, reading: Reading) -> None:
        """Remember a reading; a failing store forgets it."""
        try:
            await self._store.set(self._name(text), json.dumps(reading.dump()), LIFE_SECONDS)
        except Exception as error:
            log.warning("parse cache unwritable: %s", type(error).__name__)

    def _name(self, text: str) -> str:
        return "parse:" + self._hmac(f"{self._model}\0{text}").hex()
