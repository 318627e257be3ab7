"""Follows the register's feed: what officers did, taken in once, whatever order it comes in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from actions.jobs.register_words import told_by
from bot.register import Register
from integrations.database import register_feed
from integrations.database.engine import Database
from integrations.platform.clock import Clock
from integrations.platform.logs import get_logger

log = get_logger(__name__)
FEED = "rest"
WAKE_CHANNEL = "hala:register"
"""Rung when the register says that its feed moved."""

POLL_SECONDS = 10.0
"""How long a lost hint can matter."""

_PAGE = 200

Wait = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Feed:
    """One register's feed."""

    db: Database
    clock: Clock
    register: Register

    async def run(self) -> int:
        """Read on until nothing more is there; how many events were new."""
        new = 0
        while True:
            after = await register_feed.cursor(self.db, FEED)
            page = await self.register.events(after, _PAGE)
            told = [told_by(event) for event in page.events]
            outcomes = await register_feed.take(self.db, FEED, told, page.cursor, self.clock.now())
            new += len(outcomes)
            if outcomes:
                log.info("register.told", outcomes=dict(Counter(outcomes.values())))
            if len(page.events) < _PAGE or page.cursor <= after:
                return new

    async def follow(self, wait: Wait) -> None:
        """Read on, then wait for a hint; `wait` returns after its seconds at the latest."""
        await self.run()
        await wait(POLL_SECONDS)
