"""The access token: taken once for all who wait for it, renewed before it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

MARGIN_SECONDS = 60.0
"""So long before its end a token is renewed: a call that carries it may take a while."""

Take = Callable[[], Awaitable[tuple[str, float]]]


class Tokens:
    """`take` asks for a token and says how many seconds it lives."""

    def __init__(self, take: Take, clock: Callable[[], float]) -> None:
        """`clock`: seconds, monotonic."""
        self._take, self._clock = take, clock
        self._token = ""
        self._good_until = 0.0
        self._taking = asyncio.Lock()

    async def get(self) -> str:
        """A token that is good now. Raises what `take` raises; then the next one tries again."""
        if not self._is_good:
            async with self._taking:
                if not self._is_good:  # somebody else may have taken one meanwhile
                    await self._renew()
        return self._token

    def drop(self, token: str) -> None:
        """The register does not take this one any more; a newer one is kept."""
        if token == self._token:
            self._good_until = 0.0

    @property
    def _is_good(self) -> bool:
        return self._clock() < self._good_until

    async def _renew(self) -> None:
        asked_at = self._clock()
        self._token, lives = await self._take()
        self._good_until = asked_at + max(lives - MARGIN_SECONDS, lives / 2)
