"""One database as the repositories use it: its connections and the keys over its columns."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from integrations.platform.crypto import Crypto

CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Database:
    """What every repository function takes first."""

    engine: AsyncEngine
    crypto: Crypto

    async def close(self) -> None:
        """Give the connections back."""
        await self.engine.dispose()


def psycopg_url(url: str) -> URL:
    """The URL for SQLAlchemy on psycopg 3, whatever PostgreSQL spelling was given."""
    return make_url(url).set(drivername="postgresql+psycopg")


def open_database(url: str, crypto: Crypto, pool_size: int = 16) -> Database:
    """Make the pool; connects on first use. Parameters never appear in errors or logs."""
    engine = create_async_engine(
        psycopg_url(url),
        pool_size=pool_size,
        max_overflow=4,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "hala"},
    )
    return Database(engine, crypto)
