"""Valkey as the rooms use it: every call may fail, none raises, nothing waits long for it."""

from __future__ import annotations

import asyncio
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from integrations.platform.logs import get_logger

TIMEOUT_SECONDS = 0.5
CONNECTIONS = 32

log = get_logger(__name__)


class Valkey:
    """A connection pool to Valkey, or to nothing when `url` is None: then every call finds nothing.

    `url` is `redis://…`, `rediss://…` or `unix:///path`.
    """

    def __init__(self, url: str | None) -> None:
        self.redis: Redis | None = None if url is None else _connect(url)
        self._ringing: dict[str, asyncio.Task[None]] = {}
        self._was_up = True

    async def ping(self) -> bool:
        """Whether Valkey answers, for /readyz."""
        return bool(await self._try("PING"))

    async def get(self, key: str) -> bytes | None:
        """The value under a key; None when it is absent or Valkey is away."""
        value = await self._try("GET", key)
        return value if isinstance(value, bytes) else None

    async def set(self, key: str, value: str | bytes, ttl_seconds: int) -> None:
        """Keep a value for some seconds, if Valkey is there."""
        await self._try("SET", key, value, "EX", ttl_seconds)

    async def publish(self, channel: str, message: str = "") -> None:
        """Tell whoever listens, if Valkey is there."""
        await self._try("PUBLISH", channel, message)

    def ring(self, channel: str) -> None:
        """Publish soon and return at once; rings while one is on its way are one ring."""
        task = self._ringing.get(channel)
        if self.redis is not None and (task is None or task.done()):
            self._ringing[channel] = asyncio.create_task(self.publish(channel))

    async def close(self) -> None:
        """Finish what is on its way and close the connections."""
        await asyncio.gather(*self._ringing.values())
        if self.redis is not None:
            await self.redis.aclose()

    async def _try(self, *command: Any) -> Any:
        if self.redis is None:
            return None
        try:
            answer = await self.redis.execute_command(*command)  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as error:
            self._note(up=False, cause=type(error).__name__)
            return None
        self._note(up=True)
        return answer

    def _note(self, up: bool, cause: str | None = None) -> None:
        if up != self._was_up:
            self._was_up = up
            log.warning("valkey is back" if up else "valkey is away", cause=cause)


class Bell:
    """Hears the rings of one channel. A wait returns on a ring or after its time, always."""

    def __init__(self, valkey: Valkey, channel: str) -> None:
        self._redis, self._channel = valkey.redis, channel
        self._pubsub: PubSub | None = None

    @property
    def is_listening(self) -> bool:
        """Whether rings are heard; False until the first wait, and while Valkey is away."""
        return self._pubsub is not None and self._pubsub.subscribed

    async def wait(self, seconds: float) -> bool:
        """True when the bell rang; False after `seconds` without, or when Valkey is away."""
        return await self.hear(seconds) is not None

    async def hear(self, seconds: float) -> str | None:
        """What the bell was rung with; None after `seconds` without, or when Valkey is away."""
        if self._redis is None:
            await asyncio.sleep(seconds)
            return None
        started = asyncio.get_running_loop().time()
        try:
            return await self._hear(seconds)
        except (RedisError, OSError):
            self._pubsub = None
            passed = asyncio.get_running_loop().time() - started
            await asyncio.sleep(max(0.0, seconds - passed))
            return None

    async def close(self) -> None:
        """Stop listening."""
        if self._pubsub is not None:
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]

    async def _hear(self, seconds: float) -> str | None:
        if self._pubsub is None and self._redis is not None:
            self._pubsub = self._redis.pubsub()
            await self._pubsub.subscribe(self._channel)
        assert self._pubsub is not None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (left := deadline - loop.time()) > 0:
            message = await self._pubsub.get_message(timeout=left)
            if message is not None and message["type"] == "message":
                return str(message["data"], "utf-8", "replace")
        return None


def _connect(url: str) -> Redis:
    # Under a burst a command waits its turn for a connection instead of failing for want of one.
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
    )
    return Redis.from_pool(pool)
