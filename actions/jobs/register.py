"""The job that hands records to the register: each version once, however often it is tried.

A record is put under its own transaction id, so that a try whose answer was lost is simply made
again; a paper under its own id likewise. The job goes on for ever while the register is away. It
ends when the register has said yes, or a no that waiting does not change.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from uuid import UUID

import procrastinate
from procrastinate.jobs import Job
from prometheus_client import Counter

from actions.jobs.register_words import news_of
from bot.register import Attachment, Register, RegisterAwayError, RegisterRefusedError
from integrations.database import attachments, transmissions
from integrations.database.engine import Database
from integrations.database.register_news import News
from integrations.database.transmissions import Paper, Transmission
from integrations.database.waiting import OFFICER_WAS_FASTER
from integrations.platform.clock import Clock
from integrations.platform.logs import get_logger

log = get_logger(__name__)
CALLS = Counter("hala_register_calls_total", "What came of handing over", ["what", "outcome"])

_UNKNOWN = "unknown"
_FIRST_SECONDS, _LONGEST_SECONDS = 2.0, 120.0


class ForEver(procrastinate.BaseRetryStrategy):
    """Tries again until it works: sooner at first, and when the register asks for patience, then.

    Half of each wait is chance, so that what waited for the same outage does not come at once.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> procrastinate.RetryDecision:
        """Never None: a job that ends otherwise than well would lose a record."""
        if isinstance(exception, asyncio.CancelledError):
            return procrastinate.RetryDecision(retry_in={"seconds": 0})  # its worker ends
        seconds = random.uniform(0.5, 1.0) * wait_after(job.attempts)
        asked = getattr(exception, "retry_after", None) or 0.0
        seconds = max(seconds, min(float(asked), _LONGEST_SECONDS))
        _tell(exception, job)
        return procrastinate.RetryDecision(retry_in={"milliseconds": int(seconds * 1000)})


def wait_after(attempts: int) -> float:
    """Seconds, at the longest, after so many tries."""
    return float(min(_FIRST_SECONDS * 2 ** min(attempts, 10), _LONGEST_SECONDS))


def _tell(error: BaseException, job: Job) -> None:
    if isinstance(error, RegisterAwayError):
        log.info("register.away", job_id=job.id, code=error.code, attempts=job.attempts)
    else:
        log.error("register.job_failed", job_id=job.id, attempts=job.attempts, exc_info=error)


@dataclass(frozen=True, slots=True)
class Transmitting:
    """Brings the register up to date about one record."""

    db: Database
    clock: Clock
    register: Register

    async def run(self, record_id: UUID) -> None:
        """Hand over what it does not have yet, take back what it should not have.

        Raises RegisterAwayError: the same later.
        """
        found = await transmissions.find(self.db, record_id)
        if found is not None and not found.is_unwanted:
            await self._bring(found)
            found = await transmissions.find(self.db, record_id)
        # Also what ended as withdrawn before: that may have overtaken a try whose answer was lost.
        if found is not None and found.is_unwanted:
            await self._withdraw(found)

    async def _bring(self, found: Transmission) -> None:
        if found.is_ended:
            return
        is_there = found.is_there
        if found.is_untold:
            is_there = await self._submit(found) or is_there
        while is_there and (todo := await transmissions.papers(self.db, found.id)):
            for paper in todo:
                await self._paper(found, paper)

    async def _submit(self, found: Transmission) -> bool:
        """Whether this version was taken."""
        assert found.content is not None
        try:
            held = await self.register.submit(found.content)
        except RegisterRefusedError as refusal:
            await transmissions.refused(self.db, found, refusal.code, await self._news(found))
            _tell_refusal("record", found.id, refusal)
            return False
        await transmissions.taken(self.db, found, news_of(held), self.clock.now())
        CALLS.labels("record", "taken").inc()
        return True

    async def _paper(self, found: Transmission, paper: Paper) -> None:
        try:
            await self._move(found, paper)
        except RegisterRefusedError as refusal:
            if refusal.code == _UNKNOWN:
                # It had the record once: it was set back to an older state.
                await transmissions.forgotten(self.db, found)
                raise RegisterAwayError("record_lost") from None
            await transmissions.paper_refused(self.db, paper, refusal.code)
            _tell_refusal("paper", paper.id, refusal)
            return
        await transmissions.paper_taken(self.db, paper, self.clock.now())
        CALLS.labels("paper", "taken_back" if paper.is_removed else "taken").inc()

    async def _move(self, found: Transmission, paper: Paper) -> None:
        if paper.is_removed:
            await self.register.detach(found.transaction_id, paper.id)
            return
        assert found.draft_id is not None
        content = await attachments.read(self.db, found.draft_id, paper.id)
        if content is None:
            return  # removed just now: the next look at the papers finds it so
        attachment = Attachment(paper.id, content.kind, content.media_type, content.content)
        await self.register.attach(found.transaction_id, attachment)

    async def _withdraw(self, found: Transmission) -> None:
        try:
            was_there = await self.register.withdraw(found.transaction_id)
        except RegisterRefusedError as refusal:
            await transmissions.not_withdrawn(self.db, found, await self._news(found))
            _tell_refusal("withdrawal", found.id, refusal)
            return
        await transmissions.withdrawn(self.db, found, self.clock.now())
        CALLS.labels("withdrawal", "taken" if was_there else "never_sent").inc()

    async def _news(self, found: Transmission) -> News | None:
        """How a record stands that was refused."""
        held = await self.register.read(found.transaction_id)
        return None if held is None else news_of(held)


def _tell_refusal(what: str, row_id: UUID, refusal: RegisterRefusedError) -> None:
    CALLS.labels(what, "refused").inc()
    fields = {"what": what, "row_id": str(row_id), "code": refusal.code, "status": refusal.status}
    if refusal.code in OFFICER_WAS_FASTER:
        log.info("register.officer_was_faster", **fields)
    else:
        # Only people can mend this: docs/operations says how.
        log.error("register.refused", **fields, fields=refusal.fields)
