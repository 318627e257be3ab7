"""What a process of ours holds while it runs: the database, Valkey, understanding and the turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from actions.core import Core, real_core
from actions.handle_message import MessageHandler
from integrations.database.engine import Database
from integrations.database.outbox import WAKE_CHANNEL
from integrations.database.startup import open_configured
from integrations.local.services import Endpoints, local_services
from integrations.platform.clock import Clock, clock_from
from integrations.platform.crypto import Crypto
from integrations.platform.settings import CHECKOUT, Settings
from integrations.understanding import ParseCache, Understanding
from integrations.understanding.training import fingerprint
from integrations.valkey.client import Valkey


@dataclass(frozen=True, slots=True)
class Services:
    """Shared by everything in the process. `database_url` is for parts with a pool of their own."""

    settings: Settings
    clock: Clock
    db: Database
    valkey: Valkey
    understanding: Understanding
    handler: MessageHandler
    database_url: str


@asynccontextmanager
async def open_services(settings: Settings, core: Core | None = None) -> AsyncIterator[Services]:
    """Open them; embedded services are started, or attached to, when none are configured.

    Connections are made on first use: a process starts while its database is still away.
    """
    async with AsyncExitStack() as stack:
        # Starting embedded services blocks for a moment; nothing else runs in this process yet.
        endpoints = stack.enter_context(local_services(settings))
        services = await asyncio.to_thread(_made, settings, endpoints, core or real_core())
        stack.push_async_callback(services.db.close)
        stack.push_async_callback(services.valkey.close)
        stack.push_async_callback(services.understanding.close)
        yield services


def _made(settings: Settings, endpoints: Endpoints, core: Core) -> Services:
    db = open_configured(settings, endpoints.database_url)
    valkey = Valkey(endpoints.redis_url)
    clock = clock_from(settings.clock)
    understanding = _understanding(settings, valkey, db.crypto)
    handler = MessageHandler(
        db, core, settings, clock, understanding.understand, lambda: valkey.ring(WAKE_CHANNEL)
    )
    return Services(settings, clock, db, valkey, understanding, handler, endpoints.database_url)


def _understanding(settings: Settings, valkey: Valkey, crypto: Crypto) -> Understanding:
    cache = ParseCache(valkey, lambda text: crypto.blind("parse", text), fingerprint(CHECKOUT))
    return Understanding(settings.understanding_base, settings.understanding_timeout, cache)
