"""The gateway is killed at random points while telephones write and the provider tries again: each
message is answered exactly once, and every conversation stands where it would stand anyway.

The seed is fixed and told when the test fails; KILL_SEED plays another one.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator

import httpx
import pytest

from integrations.local.services import Endpoints
from tests.integrations.understanding.imitation import imitation
from tests.support.gateway import Gateway, gateway_settings
from tests.support.processes import nursery
from tests.support.provider import Provider, running_provider
from tests.support.services import service_folder
from tests.support.worker import running_worker, soon, telephone, texts

pytestmark = [pytest.mark.database, pytest.mark.timeout(240)]
SEED = int(os.environ.get("KILL_SEED", "20261122"))
PHONES = 16
KILLS = 6
WEBHOOK = "/channels/sms/twilio"
# What the core needs for each: nothing, understanding, nothing but two replies.
WORDS = ("salam", "read", "twice")


@pytest.fixture
def killable(services: Endpoints, database_url: str) -> Iterator[Gateway]:
    """Where a gateway process shall run, with an understanding that takes its time."""
    with service_folder() as folder, imitation() as understanding:
        understanding.body = {"intent": {"name": "greet", "confidence": 0.9}, "entities": []}
        understanding.delay = 0.1
        settings = gateway_settings(
            folder, services, database_url, understanding_url=understanding.base_url
        )
        yield Gateway(settings, database_url)


@pytest.fixture
def telephones(killable: Gateway) -> Iterator[Provider]:
    webhook = f"{killable.settings.base_url}{WEBHOOK}#rc=2&rp=all"
    with running_provider(webhook, killable.settings.simulator_port) as running:
        yield running


def is_up(gateway: Gateway) -> bool:
    """Whether the gateway answers."""
    try:
        return gateway.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def unfinished(gateway: Gateway, provider: Provider, sids: list[str]) -> int:
    """Messages that a kill met on their way: not yet acknowledged, or not yet answered."""
    waiting = gateway.rows("select count(*) from inbox where processed_at is null")[0][0]
    return int(waiting) + sum(provider.message(sid).webhook == "waiting" for sid in sids)


async def type_all(provider: Provider, words: dict[str, str]) -> list[str]:
    """Every telephone writes; the ids, while the webhooks are on their way."""
    typing = (asyncio.to_thread(provider.type, text, phone) for phone, text in words.items())
    return list(await asyncio.gather(*typing))


def expected(said: list[str]) -> list[str]:
    """What a telephone reads when nothing goes wrong."""
    found: list[str] = []
    for count, text in enumerate(said, 1):
        meaning = "greet" if text.startswith("read") else "-"
        found += [f"{count}:{text}:{meaning}"] * (2 if text.startswith("twice") else 1)
    return found


async def test_killed_at_random_each_message_is_answered_exactly_once(
    killable: Gateway, telephones: Provider
) -> None:
    chance = random.Random(SEED)
    said: dict[str, list[str]] = {telephone(): [] for _ in range(PHONES)}
    met = 0
    telephones.switch(duplicates=1)
    with nursery(killable.settings, "gateway") as gateways:
        await asyncio.to_thread(gateways.start)
        async with running_worker(killable) as worker:
            for number in range(KILLS):
                await soon(lambda: is_up(killable), 60)
                words = {phone: f"{chance.choice(WORDS)} {number}" for phone in said}
                sids = await type_all(telephones, words)
                await asyncio.sleep(chance.uniform(0, 0.15))
                await asyncio.to_thread(gateways.kill)
                met += unfinished(killable, telephones, sids)
                await asyncio.to_thread(gateways.start)  # soon enough for the provider's tries
                await soon(lambda: telephones.app.state.webhooks.is_idle, 60)
                await worker.catch_up.run()  # what the provider gave up, before the next words
                for phone, text in words.items():
                    said[phone].append(text)
            wanted = {phone: expected(each) for phone, each in said.items()}
            await soon(lambda: all(len(texts(telephones, p)) >= len(wanted[p]) for p in said), 60)
            settled = "select count(*) from outbox where state not in ('sent', 'delivered')"
            await soon(lambda: killable.rows(settled) == [(0,)])
    assert {phone: texts(telephones, phone) for phone in said} == wanted, f"seed {SEED}"
    assert killable.rows(
        "select count(*), count(*) filter (where processed_at is null), sum(failures) from inbox"
    ) == [(PHONES * KILLS, 0, 0)]
    assert met, f"seed {SEED} killed nothing in the middle: choose another"
