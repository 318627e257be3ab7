"""The sender's loop: takes free rows as fast as providers answer, one a conversation at once."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

from actions.jobs.delivery import Delivery
from actions.jobs.loops import Trouble
from integrations.database import outbox
from integrations.database.outbox import OutboundRow
from integrations.platform.logs import get_logger
from integrations.twilio.errors import no_answer

log = get_logger(__name__)


class Sender:
    """Several may run on one database: a row is given to one of them."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._policy = delivery.policy
        self._woken = asyncio.Event()
        self._trouble = Trouble("claim")
        self._in_flight: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look for rows now instead of at the next poll."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled. A database that is away is polled, not mourned."""
        while True:
            self._woken.clear()
            taken = await self._take()
            if not taken:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._policy.poll)

    async def finish(self, patience_seconds: float) -> None:
        """Let the calls in flight end; what is cut off is looked up by the next worker."""
        if self._in_flight:
            _, late = await asyncio.wait(self._in_flight, timeout=patience_seconds)
            for task in late:
                task.cancel()

    async def _take(self) -> int:
        free = self._policy.in_flight - len(self._in_flight)
        if free <= 0:
            return 0
        try:
            rows = await outbox.claim(self._delivery.db, free, self._delivery.clock.now())
        except Exception as error:
            self._trouble.failed(error)
            return 0
        self._trouble.worked()
        for row in rows:
            self._start(row)
        return len(rows)

    def _start(self, row: OutboundRow) -> None:
        task = asyncio.create_task(self._deliver(row))
        self._in_flight.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self.wake()  # a place is free, and perhaps the conversation's next row

    async def _deliver(self, row: OutboundRow) -> None:
        try:
            await self._delivery.deliver(row)
        except Exception:
            # The row stays `sending`: nobody knows here whether it left.
            log.exception("send.interrupted", row_id=str(row.id))

    async def look_up_stuck(self) -> int:
        """Settle what a dead sender, or a database gone at the wrong moment, left `sending`."""
        now = self._delivery.clock.now()
        older_than = now - timedelta(seconds=self._policy.lookup_after)
        rows = await outbox.stuck_sending(self._delivery.db, older_than, now)
        for row in rows:
            outcome = await self._delivery.resolve(row, no_answer())
            log.info("send.looked_up", row_id=str(row.id), outcome=outcome)
        if rows:
            self.wake()
        return len(rows)
