"""Tells when messages are answered that were acknowledged first: a free text is stored, its webhook
answered, then understood. A citizen waits for the reply before typing on, so the load does too.
"""

from __future__ import annotations

import asyncio

import psycopg

TICK_SECONDS = 0.002
"""One look for all who wait: what a time can be wrong by, and the price of looking."""
PATIENCE_SECONDS = 30.0
LOOK = """
select provider_id from inbox
where provider = 'twilio' and provider_id = any(%s) and processed_at is not null
"""


class Answers:
    """Looks into the inbox while somebody waits, all over one connection."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: dict[str, asyncio.Event] = {}
        self._looking: asyncio.Task[None] | None = None

    async def answered(self, message_id: str) -> None:
        """Return once the message's turn is committed. Raises TimeoutError."""
        event = self._waiting[message_id] = asyncio.Event()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await event.wait()
        finally:
            self._waiting.pop(message_id, None)

    async def _look(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            idle = 0
            while idle < PATIENCE_SECONDS / TICK_SECONDS:
                idle = 0 if self._waiting else idle + 1
                if self._waiting:
                    cursor = await connection.execute(LOOK, [list(self._waiting)], prepare=True)
                    for (found,) in await cursor.fetchall():
                        self._tell(found)
                await asyncio.sleep(TICK_SECONDS)

    def _tell(self, message_id: str) -> None:
        if event := self._waiting.get(message_id):
            event.set()

    async def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
