"""Rows for the sender: conversations with replies waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from actions.handle_message import MessageHandler
from integrations.database.engine import Database, open_database
from integrations.local.services import Endpoints
from integrations.platform.clock import SetClock
from integrations.platform.crypto import Crypto
from integrations.platform.settings import Settings
from tests.support.counting import NOW, handler
from tests.support.services import fresh_database


@pytest.fixture
async def db(services: Endpoints, crypto: Crypto) -> AsyncIterator[Database]:
    """A database of its own for every test here: the sender's queue is everybody's."""
    with fresh_database(services) as url:
        opened = open_database(url, crypto)
        yield opened
        await opened.close()


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands until it is moved."""
    return SetClock(NOW, ticking=False)


@pytest.fixture
def turns(db: Database, settings: Settings, clock: SetClock) -> MessageHandler:
    """What fills the outbox."""
    return handler(db, settings, clock=clock)
