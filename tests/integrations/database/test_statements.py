"""The turn's statements on the driver's connection: what goes wrong leaves nothing behind."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from integrations.database.engine import Database
from integrations.database.statements import Parameters, Statement, fetch, statement

NOW = statement("test_now", "select 1 as one, %(word)s::text as word, %(nothing)s::int as nothing")
KEEP = statement(
    "test_keep",
    "insert into effect (kind, key, at) values ('test', %(key)s, now()) returning key",
)
KEPT = statement("test_kept", "select count(*) as n from effect where key = %(key)s")
NUMBER = statement("test_number", "select %(word)s::text::int as n")
SLEEP = statement("test_sleep", "select pg_sleep(%(seconds)s)")
OTHER = text("insert into effect (kind, key, at) values ('other', 'both', now())")
END_ME = statement("test_end_me", "select pg_terminate_backend(pg_backend_pid())")


async def kept(db: Database, key: str) -> int:
    async with db.turn() as connection:
        rows = await fetch(connection, KEPT, parameters={"key": key}, alone=True)
    found: int = rows[0].n
    return found


async def test_rows_come_by_name_and_the_connection_is_used_again(db: Database) -> None:
    for word in ("Fès", "العيون"):
        async with db.turn() as connection:
            parameters = {"word": word, "nothing": None}
            assert await fetch(connection, NOW, parameters=parameters) == [(1, word, None)]
            assert db.in_use == 1
    assert db.in_use == 0
    assert db.engine.pool.checkedout() == 1  # type: ignore[attr-defined]


async def test_a_turn_is_committed_at_its_end_or_with_its_last_statement(db: Database) -> None:
    async with db.turn() as connection:
        await fetch(connection, KEEP, parameters={"key": "at the end"})
    async with db.turn() as connection:
        await fetch(connection, KEEP, parameters={"key": "with it"}, ends=True)
        assert await kept(db, "with it") == 1
    assert await kept(db, "at the end") == 1


async def keep(db: Database, key: str, *more: Statement, parameters: Parameters) -> None:
    """One turn: an effect, then more statements; the last commits it."""
    async with db.turn() as connection:
        await fetch(connection, KEEP, parameters={"key": key})
        for each in more:
            await fetch(connection, each, parameters=parameters, ends=each is more[-1])


async def test_both_ways_into_the_database_share_the_transaction(db: Database) -> None:
    async def both(ends_well: bool) -> None:
        async with db.turn() as connection:
            await fetch(connection, KEEP, parameters={"key": "both"})
            await connection.execute(OTHER)
            if not ends_well:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        await both(ends_well=False)
    assert await kept(db, "both") == 0
    await both(ends_well=True)
    assert await kept(db, "both") == 2


async def test_a_refused_row_undoes_the_turn_and_is_not_told(db: Database) -> None:
    with pytest.raises(IntegrityError) as twice:
        await keep(db, "twice", KEEP, parameters={"key": "twice"})
    assert twice.value.params is None
    assert await kept(db, "twice") == 0
    await keep(db, "twice", parameters={})
    assert await kept(db, "twice") == 1


async def test_a_statement_that_fails_at_first_can_be_run_again(db: Database) -> None:
    with pytest.raises(DataError):
        await keep(db, "number", NUMBER, parameters={"word": "one"})
    await keep(db, "number", NUMBER, parameters={"word": "1"})
    assert await kept(db, "number") == 1


async def test_a_lost_connection_is_told_and_replaced(db: Database) -> None:
    with pytest.raises(OperationalError) as lost:
        await keep(db, "lost", END_ME, parameters={})
    assert lost.value.connection_invalidated
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert await kept(db, "lost") == 0


async def test_a_turn_that_is_cut_off_writes_nothing(db: Database) -> None:
    slow = keep(db, "cut off", SLEEP, parameters={"seconds": 30.0})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(slow, 0.3)
    assert await kept(db, "cut off") == 0


async def test_a_statement_that_others_prepared_is_not_lost_by_a_rollback(db: Database) -> None:
    """psycopg gives up what it prepared itself by DEALLOCATE ALL, and ours would go with it."""

    async def fails() -> None:
        async with db.turn() as connection:
            await fetch(connection, KEPT, parameters={"key": "often"})
            for _ in range(20):  # often enough for psycopg to prepare it, did we let it
                await connection.execute(text("select 1"))
            raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            await fails()
    assert await kept(db, "often") == 0
