"""Fixtures every room may use: the real services, a fresh database a module, keys, settings."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from integrations.database.engine import Database, open_database
from integrations.local.services import Endpoints
from integrations.platform.crypto import Crypto
from integrations.platform.keys import Keys
from integrations.platform.settings import Settings
from tests.support.services import fresh_database, running_services, settings_for

pytest_plugins = ["tests.support.model", "tests.support.telephone"]


@pytest.fixture(scope="session")
def services() -> Iterator[Endpoints]:
    """PostgreSQL and Valkey for the whole session."""
    with running_services() as endpoints:
        yield endpoints


@pytest.fixture(scope="module")
def database_url(services: Endpoints) -> Iterator[str]:
    """A migrated, empty database that only this module uses."""
    with fresh_database(services) as url:
        yield url


@pytest.fixture(scope="session")
def crypto() -> Crypto:
    """Keys that live as long as the session."""
    return Crypto(Keys(1, {1: secrets.token_bytes(32)}, secrets.token_bytes(32)))


@pytest.fixture
async def db(database_url: str, crypto: Crypto) -> AsyncIterator[Database]:
    """The module's database; its rows stay between tests, so each test uses its own people."""
    opened = open_database(database_url, crypto)
    yield opened
    await opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that no environment variable touches."""
    return settings_for(tmp_path)
