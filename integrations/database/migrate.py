"""Brings the schema up to date: one at a time under an advisory lock, never backwards.

Migrations expand first and contract in a later release, because the old release still runs.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psycopg
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from integrations.database.engine import psycopg_url

LOCK = 7_218_001
"""Advisory lock held while migrating; any number that nothing else uses."""

WAIT_SECONDS = 10.0


class MigrationError(Exception):
    """The schema cannot be brought up to date; the text says why."""


def migrate(url: str) -> None:
    """Run what is missing. Waits for a migration under way; safe to call from every process."""
    engine = create_engine(psycopg_url(url), poolclass=NullPool, hide_parameters=True)
    with _connected(engine.connect) as connection:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            _refuse_newer(connection)
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def is_migrated(connection: Connection) -> bool:
    """Whether the schema is the one this release was written for (for `run_sync` in /readyz)."""
    return _present(connection) == head()


def head() -> str:
    """The newest version this release knows."""
    found = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert found is not None
    return found


def run_sql(sql: str) -> None:
    """Run a script of several statements inside the migration's transaction."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.execute(sql.encode())  # bytes without parameters: % and : are taken as they stand


def run_sql_beside(module_file: str) -> None:
    """Run the SQL file beside a version's module."""
    run_sql(Path(module_file).with_suffix(".sql").read_text(encoding="utf-8"))


def alembic_config() -> Config:
    """Where the versions are, for this module and the tests."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    present = _present(connection)
    known = {
        script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()
    }
    if present is not None and present not in known:
        raise MigrationError(f"the database is at version {present}, newer than this release")


def _connected(connect: Any) -> Connection:
    """Connect, waiting a little: a database that just started may still refuse."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection: Connection = connect()
            return connection
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise MigrationError(
                    f"the database cannot be reached: {type(error.orig)}"
                ) from None
            time.sleep(0.1)
