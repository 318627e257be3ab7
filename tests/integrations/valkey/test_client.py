"""Valkey as it is, and Valkey away: nothing raises, nothing waits long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from integrations.local.services import Endpoints
from integrations.valkey.client import Bell, Valkey

pytestmark = pytest.mark.database
CHANNEL = "hala:test"


@pytest.fixture
async def valkey(services: Endpoints) -> AsyncIterator[Valkey]:
    client = Valkey(services.redis_url)
    yield client
    await client.close()


async def test_values_are_kept_for_their_time(valkey: Valkey) -> None:
    assert await valkey.ping()
    await valkey.set("key", "value", ttl_seconds=60)
    assert await valkey.get("key") == b"value"
    assert await valkey.get("other") is None


async def test_a_ring_wakes_who_waits(valkey: Valkey) -> None:
    bell = Bell(valkey, CHANNEL)
    assert not await bell.wait(0.05)
    waiting = asyncio.create_task(bell.wait(10))
    await asyncio.sleep(0.05)
    valkey.ring(CHANNEL)
    valkey.ring(CHANNEL)
    assert await asyncio.wait_for(waiting, 5)
    await bell.close()


@pytest.mark.parametrize("configured", [True, False])
async def test_without_valkey_everything_finds_nothing(tmp_path: Path, configured: bool) -> None:
    away = Valkey(f"unix://{tmp_path}/nobody.sock" if configured else None)
    assert not await away.ping()
    await away.set("key", "value", ttl_seconds=60)
    assert await away.get("key") is None
    away.ring(CHANNEL)
    bell, started = Bell(away, CHANNEL), time.monotonic()
    assert not await bell.wait(0.2)
    assert 0.15 < time.monotonic() - started < 5
    await bell.close()
    await away.close()
