"""Asks the understanding process what a text means, and does without it when it does not answer.

The text goes to loopback only and appears in no log: failures are told by kind and length.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import orjson

from bot.dialogue.messages import Understood
from bot.language import normalise
from integrations.platform.breaker import Breaker
from integrations.understanding.answer import OUT_OF_SCOPE, Reading, read
from integrations.understanding.cache import ParseCache

MAX_CHARACTERS = 500
_FAILURES_TO_OPEN = 5
_PAUSE_SECONDS = 10.0
# Sanic, Rasa's server, closes a connection that was quiet for five seconds: let go of it before.
_QUIET_SECONDS = 4.0
_FAILURES = (TimeoutError, aiohttp.ClientError, ValueError, KeyError, TypeError, AttributeError)
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
        self._parse = base_url.rstrip("/") + "/model/parse"
        self._timeout = timeout
        self._http: aiohttp.ClientSession | None = None
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
        if self._http is not None:
            await self._http.close()

    async def _ask(self, text: str) -> Reading | None:
        if not self._breaker.allows():
            return None
        try:
            async with asyncio.timeout(self._timeout):
                reading = read(await self._post(text))
        except _FAILURES as error:
            self._breaker.failed()
            log.warning("understanding failed: %s, %d characters", type(error).__name__, len(text))
            return None
        self._breaker.succeeded()
        return reading

    async def _post(self, text: str) -> Any:
        headers = {"Content-Type": "application/json"}
        asked = self._session().post(
            self._parse, data=orjson.dumps({"text": text}), headers=headers
        )
        async with asked as answer:
            answer.raise_for_status()
            return orjson.loads(await answer.read())

    def _session(self) -> aiohttp.ClientSession:
        # Made at the first call: it belongs to the event loop that runs then.
        if self._http is None:
            connector = aiohttp.TCPConnector(keepalive_timeout=_QUIET_SECONDS)
            # The whole call has one limit, above.
            no_limit = aiohttp.ClientTimeout(total=None, sock_connect=None)
            self._http = aiohttp.ClientSession(connector=connector, timeout=no_limit)
        return self._http
