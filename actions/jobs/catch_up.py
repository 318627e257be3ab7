"""After an outage: what citizens sent while no webhook of the provider could be taken in.

The provider's list is compared by receiving everything again: what is known already is a repeat and
changes nothing.
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
# How far back the first catch-up looks when nothing was ever stored.
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
        self._complete_until: datetime | None = None

    async def run(self) -> int:
        """Take in what is missing; how many messages that was. Raises when it could not finish."""
        began = self._clock.now()
        since = (self._complete_until or await self._last_stored(began)) - OVERLAP
        new = 0
        for message in await self._listing.received_since(since):
            turn = await self._receive(self._inbound(message))
            new += not turn.repeat
        self._complete_until = began
        if new:
            log.warning("catch_up.took_in", provider=self._provider, count=new)
        return new

    async def _last_stored(self, now: datetime) -> datetime:
        return await inbox.last_received(self._db, self._provider) or now - FIRST_LOOK

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
