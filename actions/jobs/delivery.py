"""One row of the outbox and its provider: send, and settle what came of it.

No connection to the database is held while the provider is called. Between the call and the
settling anything may die; the row then stays `sending` and is looked up before it is sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from prometheus_client import Counter, Histogram

from actions.jobs.opt_out import record_refusal
from actions.jobs.policy import SenderPolicy
from bot.language import segments
from integrations.database import outbox
from integrations.database.engine import Database
from integrations.database.outbox import OutboundRow
from integrations.database.redelivery import first_unknown
from integrations.platform.clock import Clock
from integrations.platform.logs import get_logger
from integrations.twilio import SendFailure, Sent
from integrations.twilio.messages import ProviderUnavailableError

log = get_logger(__name__)
Outcome = Literal["sent", "found", "retry", "failed", "uncertain", "unknown"]
OUTCOMES = Counter("hala_sends_total", "Sends by what came of them", ["channel", "outcome"])
SECONDS = Histogram("hala_send_seconds", "Time of a provider's answer to a send", ["channel"])


class Messenger(Protocol):
    """What a provider's adapter offers for one channel."""

    async def send(self, to: str, text: str, status_callback: str) -> Sent | SendFailure:
        """Post one message."""

    async def candidates(self, to: str, text: str, since: datetime) -> list[str] | None:
        """Ids of messages that may be this one, oldest first; None where none can be listed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One (channel, provider): its adapter, and where its receipts shall come."""

    messenger: Messenger
    status_callback: str


Lines = Mapping[tuple[str, str], Line]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Delivers rows over their lines."""

    db: Database
    clock: Clock
    lines: Lines
    policy: SenderPolicy

    async def deliver(self, row: OutboundRow) -> Outcome:
        """Send a row that was just claimed, and settle it."""
        line = self._line(row)
        if line is None:
            return await self._fail(row, "no_line")
        with SECONDS.labels(row.channel).time():
            answer = await line.messenger.send(row.address, row.text, line.status_callback)
        if isinstance(answer, Sent):
            return await self._sent(row, answer.provider_id, "sent")
        if answer.maybe_sent:
            await asyncio.sleep(self.policy.settle)
            return await self.resolve(row, answer)
        return await self._refused(row, answer)

    async def resolve(self, row: OutboundRow, failure: SendFailure) -> Outcome:
        """Settle a row that may have left: look it up, and let it be sent again only if absent."""
        line = self._line(row)
        if line is None:
            return await self._fail(row, "no_line")
        try:
            listed = await line.messenger.candidates(row.address, row.text, row.created_at)
        except ProviderUnavailableError as error:
            log.warning("send.lookup_unavailable", row_id=str(row.id), status=error.status)
            return self._count(row, "unknown")
        if listed is None:
            return await self._unlisted(row, failure)
        found = await first_unknown(self.db, row.provider, listed)
        if found is not None:
            return await self._sent(row, found, "found")
        return await self._again(row, failure)

    def _line(self, row: OutboundRow) -> Line | None:
        return self.lines.get((row.channel, row.provider))

    async def _unlisted(self, row: OutboundRow, failure: SendFailure) -> Outcome:
        """Asking twice is a nuisance; a second code or notice is a fault."""
        if row.kind in ("question", "answer"):
            return await self._again(row, failure)
        await outbox.mark_uncertain(self.db, row.id, _code(failure))
        return self._count(row, "uncertain")

    async def _refused(self, row: OutboundRow, failure: SendFailure) -> Outcome:
        if failure.stop_contact:
            await record_refusal(self.db, self.clock, row.conversation_id, row.id)
        return await self._again(row, failure)

    async def _again(self, row: OutboundRow, failure: SendFailure) -> Outcome:
        at = self.policy.next_attempt(row, failure, self.clock.now())
        if at is None:
            return await self._fail(row, _code(failure))
        await outbox.mark_retry(self.db, row.id, at, _code(failure))
        return self._count(row, "retry")

    async def _sent(self, row: OutboundRow, provider_id: str, how: Outcome) -> Outcome:
        parts = segments(row.text).segments
        await outbox.mark_sent(self.db, row.id, provider_id, parts, self.clock.now())
        return self._count(row, how)

    async def _fail(self, row: OutboundRow, code: str) -> Outcome:
        await outbox.mark_failed(self.db, row.id, code)
        log.warning("send.failed", row_id=str(row.id), code=code, attempts=row.attempts)
        return self._count(row, "failed")

    def _count(self, row: OutboundRow, outcome: Outcome) -> Outcome:
        OUTCOMES.labels(row.channel, outcome).inc()
        return outcome


def _code(failure: SendFailure) -> str:
    return str(failure.code or failure.status or "no_answer")
