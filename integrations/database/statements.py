"""The turn's statements on the driver's own connection: half the cost, the same transaction.

SQLAlchemy lends the connection, begins and ends it; psycopg's pipeline sends `begin` along with
the first statement and `commit` along with the last, so that a turn waits for the database twice,
not four times.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

Parameters = Mapping[str, object]


async def fetch_first(
    connection: AsyncConnection, sql: str, parameters: Parameters, before: tuple[str, ...] = ()
) -> Any:
    """The first row as a named tuple, or None. Raises SQLAlchemy's errors, without parameters.

    The statements of `before`, locks, run first with the same parameters, on the same journey.
    """
    async with _driver(connection, sql) as driver:
        async with driver.pipeline():
            for lock in before:
                await driver.execute(lock.encode(), parameters)
            cursor = driver.cursor(row_factory=namedtuple_row)
            await cursor.execute(sql.encode(), parameters)
        return await cursor.fetchone()


async def execute_last(connection: AsyncConnection, sql: str, parameters: Parameters) -> None:
    """The last statement of a transaction, committed with it. Raises SQLAlchemy's errors."""
    async with _driver(connection, sql) as driver, driver.pipeline():
        await driver.execute(sql.encode(), parameters)
        await driver.commit()


@asynccontextmanager
async def _driver(
    connection: AsyncConnection, sql: str
) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    try:
        yield driver
    except psycopg.Error as error:
        if driver.closed:
            await connection.invalidate()
        raise DBAPIError.instance(
            sql,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=driver.closed,
        ) from None
