"""The worker process: sends replies, runs jobs, and takes up what others left behind.

`python -m channels.worker`. SIGTERM or SIGINT ends it within five seconds: what was being sent is
finished or, if it cannot be, looked up by the next worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

from actions.core import Core
from actions.jobs.catch_up import CatchUp
from actions.jobs.delivery import Delivery, Line
from actions.jobs.loops import every
from actions.jobs.policy import SenderPolicy
from actions.jobs.queue import open_jobs, retry_stalled, run_jobs
from actions.jobs.register import Transmitting
from actions.jobs.register_feed import WAKE_CHANNEL as REGISTER_BELL
from actions.jobs.register_feed import Feed
from actions.jobs.sender import Sender
from bot.register import Register
from channels.services import Services, open_services
from channels.sms.payload import PROVIDER
from channels.sms.twilio import status_url
from integrations.database import inbox
from integrations.database.outbox import WAKE_CHANNEL
from integrations.database.retention import erase_expired
from integrations.platform.keys import KeysError
from integrations.platform.logs import configure_logs, get_logger
from integrations.platform.settings import Settings, SettingsError
from integrations.register.rest import rest_register
from integrations.twilio import TwilioMessages
from integrations.valkey.client import Bell

log = get_logger(__name__)
CALL_SECONDS = 10.0
STOP_SECONDS = 4.0
_SWEEP_SECONDS = 1.0
_UNPROCESSED_SECONDS = 2.0
_CATCH_UP_SECONDS = 60.0
_AFTER_FAULT_SECONDS = 3.0
_STALLED_SECONDS = 30.0
_RETENTION_SECONDS = 3600.0
_JOBS_AGAIN_SECONDS = 2.0


class Worker:
    """The loops of one worker on its services."""

    def __init__(
        self, services: Services, twilio: TwilioMessages, register: Register, policy: SenderPolicy
    ) -> None:
        self._services = services
        lines = {("sms", PROVIDER): Line(twilio, status_url(services.settings))}
        delivery = Delivery(services.db, services.clock, lines, policy)
        self.sender = Sender(delivery)
        self.catch_up = CatchUp(
            services.db, services.clock, twilio, services.handler.receive, "sms", PROVIDER
        )
        self._transmitting = Transmitting(services.db, services.clock, register)
        self.feed = Feed(services.db, services.clock, register)
        self._hint = Bell(services.valkey, REGISTER_BELL)

    def loops(self) -> list[Coroutine[Any, Any, None]]:
        """Everything that runs beside each other until the end."""
        return [
            self.sender.run(),
            self._listen(),
            every(_SWEEP_SECONDS, "stuck", self.sender.look_up_stuck),
            every(_SWEEP_SECONDS, "unprocessed", self.sweep),
            every(
                _CATCH_UP_SECONDS, "catch_up", self.catch_up.run, after_fault=_AFTER_FAULT_SECONDS
            ),
            every(_JOBS_AGAIN_SECONDS, "jobs", self._jobs),
            every(0, "register_feed", self._follow, after_fault=_AFTER_FAULT_SECONDS),
            every(_RETENTION_SECONDS, "retention", self.erase, after_fault=_AFTER_FAULT_SECONDS),
        ]

    async def sweep(self) -> int:
        """Answer what a gateway stored and did not answer; how many conversations there were."""
        older_than = self._services.clock.now() - timedelta(seconds=_UNPROCESSED_SECONDS)
        waiting = await inbox.unprocessed(self._services.db, older_than)
        for conversation_id in waiting:
            await self._services.handler.drain(conversation_id)
        return len(waiting)

    async def erase(self) -> None:
        """Erase what is past its term."""
        services = self._services
        erased = await erase_expired(services.db, services.settings, services.clock.now())
        counts = {name: count for name, count in erased.items() if count}
        if counts:
            log.info("retention.erased", counts=counts)

    async def _listen(self) -> None:
        bell = Bell(self._services.valkey, WAKE_CHANNEL)
        while True:
            if await bell.wait(_CATCH_UP_SECONDS):
                self.sender.wake()

    async def _follow(self) -> None:
        """Read the register's feed on, and wait for a hint that it moved."""
        await self.feed.follow(self._hint.wait)

    async def _jobs(self) -> None:
        """Work on jobs; a database that went away ends this round and the next one begins."""
        async with open_jobs(self._services.database_url) as app:
            stalled = asyncio.create_task(
                every(_STALLED_SECONDS, "stalled", lambda: retry_stalled(app))
            )
            try:
                await run_jobs(app, STOP_SECONDS - 1, self._transmitting)
            finally:
                stalled.cancel()


@asynccontextmanager
async def open_worker(
    settings: Settings, policy: SenderPolicy, core: Core | None = None
) -> AsyncIterator[Worker]:
    """A worker with its services and its lines to the provider and the register."""
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(settings, core))
        twilio = TwilioMessages(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            settings.sms_from,
            settings.twilio_base,
            CALL_SECONDS,
        )
        stack.push_async_callback(twilio.aclose)
        register = rest_register(settings)
        stack.push_async_callback(register.close)
        yield Worker(services, twilio, register, policy)


async def run(
    settings: Settings, policy: SenderPolicy | None = None, core: Core | None = None
) -> None:
    """Work until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with open_worker(settings, policy or SenderPolicy(), core) as worker:
        log.info("worker.started", env=settings.env)
        tasks = [asyncio.create_task(loop) for loop in worker.loops()]
        await _until(stopping, tasks)
        await _end(worker, tasks)
    log.info("worker.stopped")


async def _until(stopping: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Until asked to stop, or until a loop ends, which none should."""
    asked = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([asked, *tasks], return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    for task in done - {asked}:
        log.error("worker.loop_ended", exc_info=task.exception())


async def _end(worker: Worker, tasks: list[asyncio.Task[None]]) -> None:
    """Take nothing new, finish what is on its way, for at most four seconds."""
    for task in tasks:
        task.cancel()
    await worker.sender.finish(STOP_SECONDS - 1)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), STOP_SECONDS)


def main() -> int:
    """Run; 2 when the settings or the keys cannot be used."""
    try:
        settings = Settings.load()
        configure_logs(settings)
        asyncio.run(run(settings))
    except (SettingsError, KeysError) as error:
        sys.stderr.write(f"worker.start {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
