"""Calls to the register: with a token and a time limit, again where that may help, and not at all
while it does not answer.

Every call may be made again: what creates is created under an id of ours. So a lost answer is asked
for once more, and whoever called need not know. No error carries a URL, a body or an answer.
"""

from __future__ import annotations

import asyncio
import io
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from bot.register import RegisterAwayError
from integrations.platform.breaker import Breaker
from integrations.register.problems import fault_of
from integrations.register.tokens import Tokens

_FAILURES_TO_OPEN = 5
_PAUSE_SECONDS = 10.0
_NO_ANSWER = (TimeoutError, aiohttp.ClientError, OSError)
_DOWN = 503
_LARGE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a caller waits. Seconds, and how often one call is tried."""

    call: float = 10.0
    tries: int = 3
    first_pause: float = 0.2
    longest_pause: float = 2.0

    def pause(self, tried: int, error: RegisterAwayError) -> float | None:
        """What to wait after so many tries; None when it is the caller's turn to wait."""
        if tried >= self.tries:
            return None
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= self.longest_pause else None
        longest: float = min(self.first_pause * 2 ** (tried - 1), self.longest_pause)
        return random.uniform(longest / 2, longest)


BRISK = Patience(call=0.6, tries=2, first_pause=0.05)
"""While a citizen waits for an answer."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are at the register."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` holds ids only; a `body` is sent as `media_type`."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: bytes | None = None
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    document: Any


class Transport:
    """One for each process and register; safe for concurrent calls."""

    def __init__(
        self,
        base_url: str,
        account: Account,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` drives the token's life and the circuit breaker."""
        self._base = base_url.rstrip("/")
        self._account = account
        self._patience = patience or Patience()
        self._breaker = Breaker(_FAILURES_TO_OPEN, _PAUSE_SECONDS, clock)
        self._tokens = Tokens(self._take_token, clock)
        self._http: aiohttp.ClientSession | None = None

    @property
    def is_available(self) -> bool:
        """False while the register is given up for a moment."""
        return not self._breaker.is_open

    async def call(self, call: Call) -> Any:
        """The document of a successful answer; None where it has none.

        Raises RegisterAwayError when all tries failed, RegisterRefusedError at once.
        """
        tried = 0
        while True:
            self._check_open()
            try:
                return await self._authorised(call)
            except RegisterAwayError as error:
                tried += 1
                pause = self._patience.pause(tried, error)
                if pause is None:
                    raise
            await asyncio.sleep(pause)

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    def _check_open(self) -> None:
        if not self._breaker.allows():
            raise RegisterAwayError("paused", self._breaker.pause)

    async def _authorised(self, call: Call) -> Any:
        token = await self._tokens.get()
        answer = await self._send(call, token)
        if answer.status == 401:
            # It may have been taken back before its time: once more with another.
            self._tokens.drop(token)
            answer = await self._send(call, await self._tokens.get())
        return _document(answer)

    async def _send(self, call: Call, token: str) -> _Answer:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if call.body is not None:
            headers["Content-Type"] = call.media_type
        return await self._exchange(
            call.method, call.path, params=call.query, data=_payload(call.body), headers=headers
        )

    async def _take_token(self) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._account.client_id,
            "client_secret": self._account.client_secret,
        }
        answer = await self._exchange("POST", "/oauth/token", data=form)
        if answer.status != 200:
            # Wrong credentials are mended by an operator: until then everything waits.
            code = answer.document.get("code") if isinstance(answer.document, Mapping) else None
            raise RegisterAwayError(f"token_{code or answer.status}")
        try:
            return str(answer.document["access_token"]), float(answer.document["expires_in"])
        except (KeyError, TypeError, ValueError):
            raise RegisterAwayError("token_malformed") from None

    async def _exchange(self, method: str, path: str, **options: Any) -> _Answer:
        """One exchange; the breaker hears whether there was an answer."""
        asked = self._session().request(method, self._base + path, allow_redirects=False, **options)
        try:
            async with asked as response:
                body = await response.read()
        except _NO_ANSWER:
            self._breaker.failed()
            raise RegisterAwayError("no_answer") from None
        self._breaker.failed() if response.status == _DOWN else self._breaker.succeeded()
        return _Answer(response.status, response.headers, _parsed(body))

    def _session(self) -> aiohttp.ClientSession:
        # Made at the first call: it belongs to the event loop that runs then.
        if self._http is None:
            timeout = aiohttp.ClientTimeout(total=self._patience.call)
            self._http = aiohttp.ClientSession(timeout=timeout)
        return self._http


def _payload(body: bytes | None) -> bytes | io.BytesIO | None:
    """A paper of megabytes is sent piece by piece, so that nothing else waits for it."""
    return io.BytesIO(body) if body is not None and len(body) > _LARGE else body


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None


def _document(answer: _Answer) -> Any:
    if answer.status in (200, 201) and answer.document is not None:
        return answer.document
    if answer.status == 204:
        return None
    # A success without a document is somebody's page, not the register's word.
    raise fault_of(answer.status, answer.headers, answer.document)
