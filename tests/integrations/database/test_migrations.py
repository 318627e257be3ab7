"""The migrated schema is the one the tables describe; migrating is safe from many processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from integrations.database.engine import psycopg_url
from integrations.database.migrate import (
    MigrationError,
    alembic_config,
    head,
    is_migrated,
    migrate,
)
from integrations.database.tables import metadata
from integrations.local.services import Endpoints
from tests.support.services import named, run_sql

pytestmark = pytest.mark.database


def connected(url: str) -> Connection:
    return create_engine(psycopg_url(url), poolclass=NullPool).connect()


def ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
    return not (kind == "table" and str(name).startswith(("procrastinate_", "alembic_")))


def test_the_schema_is_the_one_the_tables_describe(database_url: str) -> None:
    with connected(database_url) as connection:
        options = {"include_object": ours, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        differences = [
            each
            for each in compare_metadata(context, metadata)
            if not (each[0] == "remove_index" and "procrastinate" in each[1].table.name)
        ]
    assert differences == []


def test_there_is_one_head() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [head()]


def test_an_empty_database_is_not_migrated_and_many_may_migrate_it(services: Endpoints) -> None:
    url = named(services.database_url, "migrated_by_many")
    run_sql(services.database_url, "create database migrated_by_many")
    try:
        with connected(url) as connection:
            assert not is_migrated(connection)
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(migrate, [url] * 3)) == [None] * 3
        with connected(url) as connection:
            assert is_migrated(connection)
    finally:
        run_sql(services.database_url, "drop database migrated_by_many with (force)")


def test_a_database_of_a_later_release_is_refused(services: Endpoints) -> None:
    url = named(services.database_url, "from_the_future")
    run_sql(services.database_url, "create database from_the_future template hala_template")
    try:
        run_sql(url, "update alembic_version set version_num = '9999'")
        with pytest.raises(MigrationError, match="version 9999, newer than this release"):
            migrate(url)
    finally:
        run_sql(services.database_url, "drop database from_the_future with (force)")


def test_a_job_is_deferred_inside_the_transaction_or_not_at_all(database_url: str) -> None:
    defer = "select defer_job('register', 'a_task', '{\"id\": 1}')"
    with psycopg.connect(database_url) as connection:
        connection.execute(defer)
        connection.rollback()
        connection.execute(defer)
        connection.commit()
        found = connection.execute("select task_name, status from procrastinate_jobs").fetchall()
    assert found == [("a_task", "todo")]
