"""How patiently the sender tries. Seconds, all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.database.outbox import OutboundRow
from integrations.twilio import SendFailure


@dataclass(frozen=True, slots=True)
class SenderPolicy:
    """`lookup_after` must be longer than the longest call to a provider: only then is a row found
    `sending` certainly nobody's. `settle` is what a cut call gets to show up in a listing."""

    in_flight: int = 16
    poll: float = 1.0
    settle: float = 2.0
    lookup_after: float = 20.0
    soon_first: float = 2.0
    soon_longest: float = 300.0
    later: float = 900.0
    later_attempts: int = 4
    give_up_after: float = 24 * 3600.0

    def next_attempt(
        self, row: OutboundRow, failure: SendFailure, now: datetime
    ) -> datetime | None:
        """When to try a refused or lost message again; None when it is time to give up."""
        if failure.retry == "no" or (now - row.created_at).total_seconds() > self.give_up_after:
            return None
        if failure.retry == "later":
            wait = self.later if row.attempts < self.later_attempts else None
        else:
            wait = min(self.soon_first * 2 ** (row.attempts - 1), self.soon_longest)
        return None if wait is None else now + timedelta(seconds=wait)
