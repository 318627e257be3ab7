"""A worker beside a gateway and a provider, impatient enough for tests."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from actions.jobs.policy import SenderPolicy
from channels.worker import Worker, open_worker
from tests.support.gateway import COUNTING, Gateway
from tests.support.provider import Provider

# Calls on loopback end within milliseconds, so a row `sending` for half a second is nobody's.
IMPATIENT = SenderPolicy(
    poll=0.2, settle=0.05, lookup_after=0.5, soon_first=0.1, soon_longest=0.3, later=0.5
)


@asynccontextmanager
async def running_worker(gateway: Gateway) -> AsyncIterator[Worker]:
    """A worker on the gateway's database, with all its loops."""
    async with open_worker(gateway.settings, IMPATIENT, COUNTING) as worker:
        loops = [asyncio.create_task(loop) for loop in worker.loops()]
        try:
            yield worker
        finally:
            for loop in loops:
                loop.cancel()
            await worker.sender.finish(3)
            await asyncio.gather(*loops, return_exceptions=True)


async def soon(is_true: object, patience_seconds: float = 40.0) -> None:
    """Wait without blocking the loop until a condition holds; AssertionError when it never does."""
    assert callable(is_true)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_seconds
    while not await asyncio.to_thread(is_true):
        assert loop.time() < deadline, "did not happen in time"
        await asyncio.sleep(0.05)


_numbers = itertools.count(1)


def telephone() -> str:
    """Someone nobody else in the module is, in a range that is given to mobiles."""
    return f"+212661{next(_numbers):06d}"


async def type_(provider: Provider, text: str, number: str) -> str:
    """A citizen's message, once the gateway has it; its id."""
    sid = await asyncio.to_thread(provider.type, text, number)
    await soon(lambda: provider.message(sid).webhook == "taken")
    return sid


def texts(provider: Provider, number: str) -> list[str]:
    """What reached a telephone, in order."""
    return [message.body for message in provider.to_phones() if message.to == number]


def states(gateway: Gateway, *provider_ids: str) -> list[tuple[str, str | None]]:
    """State and error code of the answers to these inbound messages, in order."""
    found = gateway.rows(
        "select o.state, o.error_code from outbox o join inbox i on i.id = o.inbox_id"
        " where i.provider_id = any(%s) order by o.created_at, o.seq",
        list(provider_ids),
    )
    return [(str(state), code) for state, code in found]


def is_settled(gateway: Gateway) -> bool:
    """Whether nothing is left that could be sent, or sent again."""
    return gateway.rows("select count(*) from outbox where state in ('pending', 'sending')") == [
        (0,)
    ]
