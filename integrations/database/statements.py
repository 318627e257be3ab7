"""The turn's statements, on the driver's own connection: they are what a turn costs.

Every turn runs the same few statements. Through SQLAlchemy's and psycopg's cursors they took half
of a turn's time, most of it spent on sending and waiting piece by piece. Here each is prepared once
a connection, and all that belongs together (`begin` and the first, the last and `commit`) goes in
one piece, by libpq's pipeline mode. Values are converted by psycopg's adapters, as in any cursor.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import abc, adapt
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

Parameters = Mapping[str, object]
Row = Any
_NAMED = re.compile(r"%\((\w+)\)s")
_KEY = "hala.driver"
_GOOD = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.PIPELINE_SYNC})


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that connections prepare under `name`; `order`: the parameters $1, $2, … ."""

    name: bytes
    sql: bytes
    order: tuple[str, ...]


def statement(name: str, sql: str) -> Statement:
    """From SQL with `%(name)s` for parameters. PostgreSQL infers their types, or needs a cast."""
    numbers: dict[str, int] = {}
    numbered = _NAMED.sub(lambda m: f"${numbers.setdefault(m[1], len(numbers) + 1)}", sql)
    return Statement(f"hala_{name}".encode(), numbered.encode(), tuple(numbers))


async def fetch(
    connection: AsyncConnection,
    *statements: Statement,
    parameters: Parameters,
    ends: bool = False,
    alone: bool = False,
) -> list[Row]:
    """Run the statements in one journey, all with these parameters; the rows of the last.

    A transaction is begun when none is under way, and with `ends` committed. `alone`: outside of
    one, for a single statement. Raises SQLAlchemy's errors, without parameters; after a fault that
    is not the database's answer the connection is closed.
    """
    driver = _driver(connection)
    with _translated(driver, statements[-1].name):
        return await driver.run(statements, parameters, ends, alone)


async def commit(connection: AsyncConnection) -> None:
    """End the transaction under way, if there is one, whoever has begun it."""
    if connection.in_transaction():
        await connection.commit()
    driver = _driver(connection)
    if driver.status != TransactionStatus.IDLE:
        with _translated(driver, b"commit"):
            await driver.connection.commit()


async def roll_back(connection: AsyncConnection) -> None:
    """As `commit`, but undo it; a connection that fails at it is of no use: see `is_usable`."""
    with suppress(psycopg.Error, SQLAlchemyError):
        await connection.rollback()
        if not connection.invalidated:
            await _driver(connection).connection.rollback()


def is_usable(connection: AsyncConnection) -> bool:
    """Whether another turn may use the connection: it is open, and nothing is under way on it."""
    return not connection.invalidated and _driver(connection).status == TransactionStatus.IDLE


@contextmanager
def _translated(driver: _Driver, name: bytes) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(
            name.decode(),
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=driver.connection.closed,
        ) from None


@dataclass(slots=True)
class _Driver:
    """One connection to the database, with what it has learnt."""

    connection: psycopg.AsyncConnection[Any]
    adapters: abc.Transformer
    prepared: set[bytes] = field(default_factory=set)
    makers: dict[bytes, Callable[[Sequence[Any]], Row]] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """libpq's word for the transaction; UNKNOWN when the connection is closed."""
        return self.connection.pgconn.transaction_status

    async def run(
        self, statements: Sequence[Statement], parameters: Parameters, ends: bool, alone: bool
    ) -> list[Row]:
        begins = not alone and self.status == TransactionStatus.IDLE
        pgconn = self.connection.pgconn
        try:
            journey = self._journey(pgconn, statements, parameters, begins, ends)
            results = await self.connection.wait(journey)
        except BaseException:
            # Cut off halfway: what is still on its way nobody will read.
            pgconn.finish()
            raise
        for result in results:
            if result.status not in _GOOD:
                raise error_from_result(result, encoding=self.connection.info.encoding)
        return self._rows(statements[-1], results[-3 if ends else -2])

    def _journey(
        self,
        pgconn: PGconn,
        statements: Sequence[Statement],
        parameters: Parameters,
        begins: bool,
        ends: bool,
    ) -> PQGen[list[PGresult]]:
        pgconn.enter_pipeline_mode()
        if begins:
            pgconn.send_query_params(b"begin", None)
        prepares = [self._send(pgconn, each, parameters) for each in statements]
        if ends:
            pgconn.send_query_params(b"commit", None)
        pgconn.pipeline_sync()
        yield from send(pgconn)
        results: list[PGresult] = [] if not begins else (yield from fetch_many(pgconn))
        for each, is_new in zip(statements, prepares, strict=True):
            if is_new:
                results += yield from fetch_many(pgconn)
                # Prepared it stays, even when what follows fails and is undone.
                if results[-1].status == ExecStatus.COMMAND_OK:
                    self.prepared.add(each.name)
            results += yield from fetch_many(pgconn)
        for _ in range(ends + 1):
            results += yield from fetch_many(pgconn)
        pgconn.exit_pipeline_mode()
        return results

    def _send(self, pgconn: PGconn, each: Statement, parameters: Parameters) -> bool:
        """Hand a statement to libpq; True when it has to be prepared first."""
        is_new = each.name not in self.prepared
        if is_new:
            pgconn.send_prepare(each.name, each.sql)
        values, adapters = [parameters[name] for name in each.order], self.adapters
        dumped = adapters.dump_sequence(values, [_format(value) for value in values])
        pgconn.send_query_prepared(each.name, dumped, adapters.formats, Format.BINARY)
        return is_new

    def _rows(self, of: Statement, result: PGresult) -> list[Row]:
        if result.status != ExecStatus.TUPLES_OK:
            return []
        if (make := self.makers.get(of.name)) is None:
            names = [(result.fname(i) or b"").decode() for i in range(result.nfields)]
            make = self.makers[of.name] = namedtuple("Row", names)._make  # type: ignore[attr-defined]
        self.adapters.set_pgresult(result)
        return self.adapters.load_rows(0, result.ntuples, make)


def _format(value: object) -> adapt.PyFormat:
    # As binary a number would be as wide as it needs, and not as its column is.
    return adapt.PyFormat.TEXT if isinstance(value, int) else adapt.PyFormat.AUTO


def _driver(connection: AsyncConnection) -> _Driver:
    # What `info` holds lives and dies with the connection to the database.
    started = connection.sync_connection
    assert started is not None
    found: _Driver | None = started.info.get(_KEY)
    if found is None:
        raw = started.connection.driver_connection
        assert isinstance(raw, psycopg.AsyncConnection)
        found = started.info[_KEY] = _Driver(raw, adapt.Transformer(raw))
    return found
