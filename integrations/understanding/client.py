"""Asks the understanding process what a text means, and does without it when it does not answer.

The text goes to loopback only and appears in no log: failures are told by kind and length.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import httpx

from bot.dialogue.messages import Understood
from bot.language import normalise
from integrations.understanding.answer import OUT_OF_SCOPE, Reading, read
from integrations.understanding.breaker import Breaker
from integrations.understanding.cache import ParseCache

MAX_CHARACTERS = 500
_FAILURES_TO_OPEN = 5
_PAUSE_SECONDS = 10.0
_FAILURES = (TimeoutError, httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError)
log = logging.getLogger(__name__)


def readable(text: str) -> str:
    """The form in which a text is sent: normalised, at most 500 characters."""
    return normalise(text)[:MAX_CHARACTERS].rstrip()


class Understanding:
    """HTTP client of Rasa's server; one for each process, safe for concurrent turns."""

    def __init__(
        self,
        base_url: str,
        timeout: float = 1.0,
        cache: ParseCache | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`timeout` in seconds, for the whole call; `clock` drives the circuit breaker only."""
        self._http = httpx.AsyncClient(base_url=base_url, timeout=timeout, trust_env=False)
        self._timeout = timeout
        self._breaker = Breaker(_FAILURES_TO_OPEN, _PAUSE_SECONDS, clock)
        self._cache = cache

    @property
    def is_available(self) -> bool:
        """False while the circuit breaker is open: what `/readyz` shows as degraded."""
        return not self._breaker.is_open

    async def understand(self, text: str) -> Understood | None:
        """What the text means; None when understanding is down, slow, or given up for a while.

        Only the first 500 characters of the normalised text are read. An empty text is
        `out_of_scope` without asking.
        """
        text = readable(text)
        reading = await self.reading(text)
        return None if reading is None else reading.over(text)

    async def reading(self, text: str) -> Reading | None:
        """As `understand`, with spans in place of texts; `text` must be `readable` already."""
        if not text:
            return Reading(OUT_OF_SCOPE, OUT_OF_SCOPE, 0.0, (), ())
        known = await self._cache.get(text) if self._cache else None
        reading = known or await self._ask(text)
        if self._cache and reading and not known:
            await self._cache.put(text, reading)
        return reading

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, text: str) -> Reading | None:
        if not self._breaker.allows():
            return None
        try:
            # httpx limits each phase of a call, this the whole.
            async with asyncio.timeout(self._timeout):
                answer = await self._http.post("/model/parse", json={"text": text})
            answer.raise_for_status()
            reading = read(answer.json())
        except _FAILURES as error:
            self._breaker.failed()
            log.warning("understanding failed: %s, %d characters", type(error).__name__, len(text))
            return None
        self._breaker.succeeded()
        return reading
