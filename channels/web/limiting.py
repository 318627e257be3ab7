"""How much one browser may ask for: counted in Valkey for all gateways, here without it."""

from __future__ import annotations

import time

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from integrations.platform.crypto import Crypto
from integrations.valkey.client import Valkey

MESSAGES = RateLimitItemPerSecond(20, 10, namespace="web-messages")
"""Of one session; nobody types or taps faster."""
SESSIONS = RateLimitItemPerMinute(300, namespace="web-sessions")
"""New ones of one address: a mobile operator puts thousands of people behind one."""
POLLS = RateLimitItemPerSecond(60, 10, namespace="web-polls")
"""Of one session: what a page asks for when it has no socket."""
FRAMES = RateLimitItemPerSecond(60, 10, namespace="web-frames")
"""Of one socket, whatever they say."""
FILES = RateLimitItemPerMinute(40, 10, namespace="web-files")
"""Of one session: ten papers, each tried a few times."""
_AWAY_SECONDS = 5.0
_PREFIX = "hala:limit"


class Limits:
    """Counts by blind index: no address and no session is written to Valkey."""

    def __init__(self, valkey: Valkey, crypto: Crypto) -> None:
        self._crypto = crypto
        self._near = FixedWindowRateLimiter(MemoryStorage())
        self._shared = _shared(valkey)
        self._away_until = 0.0

    async def allows(self, limit: RateLimitItem, whose: str) -> bool:
        """Count one more of `whose`; False above the limit."""
        key = self._crypto.blind("limit", whose).hex()
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return await self._shared.hit(limit, key)
            except (RedisError, OSError):
                self._away_until = time.monotonic() + _AWAY_SECONDS
        return await self._near.hit(limit, key)

    async def allows_here(self, limit: RateLimitItem, whose: str) -> bool:
        """The same for what only this process can hold, such as a socket."""
        return await self._near.hit(limit, whose)


def _shared(valkey: Valkey) -> FixedWindowRateLimiter | None:
    if valkey.redis is None:
        return None
    # The pool, with its addresses and short waits, is that of all other calls.
    storage = RedisStorage(
        "async+redis://",
        implementation="redispy",
        key_prefix=_PREFIX,
        connection_pool=valkey.redis.connection_pool,  # type: ignore[arg-type]
    )
    return FixedWindowRateLimiter(storage)
