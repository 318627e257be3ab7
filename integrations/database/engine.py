"""One database as the repositories use it: its connections and the keys over its columns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from integrations.database.statements import commit, is_usable, roll_back
from integrations.platform.crypto import Crypto

CONNECT_SECONDS = 5
OTHERS = 4  # connections for what is not a turn, kept open; as many again for a moment


@dataclass(frozen=True, slots=True)
class Database:
    """What every repository function takes first."""

    engine: AsyncEngine
    crypto: Crypto
    turns: int = 16
    # Connections between two turns. The engine's pool would lend one anew, and reset it, for each.
    _idle: list[AsyncConnection] = field(default_factory=list, repr=False, compare=False)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[AsyncConnection]:
        """A turn's transaction, on a connection that earlier turns have used: begun by its first
        statement, committed unless the block raises or has committed it."""
        connection = self._idle.pop() if self._idle else await self.engine.connect()
        try:
            yield connection
            await commit(connection)
        except BaseException:
            await roll_back(connection)
            raise
        finally:
            await self._keep(connection)

    @property
    def in_use(self) -> int:
        """Connections that somebody holds now."""
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout() - len(self._idle)

    async def close(self) -> None:
        """Give the connections back."""
        while self._idle:
            await self._idle.pop().close()
        await self.engine.dispose()

    async def _keep(self, connection: AsyncConnection) -> None:
        if is_usable(connection):
            if len(self._idle) < self.turns:
                self._idle.append(connection)
            else:
                await connection.close()
            return
        # Whatever ended this one, the others between turns have seen it too.
        ended = [connection, *self._idle]
        self._idle.clear()
        for each in ended:
            await each.invalidate()
            await each.close()


def psycopg_url(url: str) -> URL:
    """The URL for SQLAlchemy on psycopg 3, whatever PostgreSQL spelling was given."""
    return make_url(url).set(drivername="postgresql+psycopg")


def open_database(url: str, crypto: Crypto, pool_size: int = 16) -> Database:
    """Make the pool, with room for `pool_size` turns at once; connects on first use.

    Parameters never appear in errors or logs.
    """
    engine = create_async_engine(
        psycopg_url(url),
        pool_size=pool_size + OTHERS,
        max_overflow=OTHERS,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "hala",
            # What psycopg prepares by itself it gives up after a rollback by DEALLOCATE ALL, and
            # the turn's own statements with it.
            "prepare_threshold": None,
        },
    )
    return Database(engine, crypto, pool_size)
