"""After an outage: what citizens sent while no webhook of the provider could be taken in.

The provider's list is compared by receiving everything again: what is known already is a repeat and
changes nothing. How far the list is known to be complete is stored, so that a worker that starts in
an outage, or after one, goes on from where another stopped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from actions.messages import InboundMessage, Turn
from bot.dialogue.messages import Channel, Inbound
from integrations.database import inbox
from integrations.database.engine import Database
from integrations.platform.clock import Clock
from integrations.platform.logs import get_logger
from integrations.twilio import Received

log = get_logger(__name__)
# A message may reach the provider's list, or us, later than one sent after it.
OVERLAP = timedelta(minutes=15)
# How far back the very first catch-up looks.
FIRST_LOOK = timedelta(hours=1)

Receive = Callable[[InboundMessage], Awaitable[Turn]]


class Listing(Protocol):
    """A provider that can say what it received for us."""

    async def received_since(self, since: datetime) -> list[Received]:
        """Every inbound message since, oldest first."""


class CatchUp:
    """Catches up with one provider's channel, from where the last whole list ended."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        listing: Listing,
        receive: Receive,
        channel: Channel,
        provider: str,
    ) -> None:
        self._db, self._clock = db, clock
        self._listing, self._receive = listing, receive
        self._channel, self._provider = channel, provider

    async def run(self) -> int:
        """Take in what is missing; how many messages that was. Raises when it could not finish."""
        began = self._clock.now()
        since = await self._complete_until(began) - OVERLAP
        new = 0
        for message in await self._listing.received_since(since):
            turn = await self._receive(self._inbound(message))
            new += not turn.repeat
        await inbox.set_complete_until(self._db, self._provider, self._channel, began)
        if new:
            log.warning("catch_up.took_in", provider=self._provider, count=new)
        return new

    async def _complete_until(self, now: datetime) -> datetime:
        known = await inbox.complete_until(self._db, self._provider, self._channel)
        # One in the future was written under a clock that had been set.
        return now - FIRST_LOOK if known is None else min(known, now)

    def _inbound(self, message: Received) -> InboundMessage:
        return InboundMessage(
            channel=self._channel,
            provider=self._provider,
            provider_id=message.provider_id,
            address=message.sender,
            # What kind of media it was, only its webhook said.
            inbound=Inbound(text=message.text, media="other" if message.media_count else None),
            received_at=message.at,
        )
