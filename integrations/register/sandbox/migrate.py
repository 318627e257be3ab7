"""The sandbox register's own database: made when it is missing, migrated, filled once.

It lies beside the product's on the same server, and nothing but this service ever opens it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psycopg
from alembic import command, op
from alembic.config import Config
from psycopg import errors, sql
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from integrations.platform.settings import Settings
from integrations.register.sandbox.seeding import seed

NAME = "register"
LOCK = 7_218_002
"""Advisory lock held while migrating; not the product's."""

OPTIONS = {"options": f"-c search_path={NAME}", "application_name": "hala-register"}


class SandboxError(Exception):
    """The sandbox register cannot run; one sentence for the operator."""


def database_of(settings: Settings, beside: str) -> str:
    """The register's URL: the setting, else a database of its own on the server of `beside`."""
    if settings.register_database_url is not None:
        return settings.register_database_url.get_secret_value()
    return make_url(beside).set(database=NAME).render_as_string(hide_password=False)


def prepare(url: str, beside: str | None = None) -> None:
    """Make the database (`beside` names one that exists), bring it up to date and fill it."""
    try:
        if beside is not None:
            _create(make_url(url), beside)
        migrate(url)
    except (psycopg.Error, OperationalError) as error:
        raise SandboxError(
            f"its database cannot be made or reached ({type(error).__name__}): create one and name "
            "it in HALA_REGISTER_DATABASE_URL"
        ) from None


def migrate(url: str) -> None:
    """Run what is missing and fill what is empty, one process at a time."""
    engine = create_engine(driven(url), poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()  # what follows must see what was done while it waited
        connection.execute(text(f"create schema if not exists {NAME}"))
        connection.execute(text(f"set search_path to {NAME}"))
        connection.commit()
        try:
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            seed(driver)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def run_sql_beside(module_file: str) -> None:
    """Run the SQL file beside a version's module."""
    driver = op.get_bind().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.execute(Path(module_file).with_suffix(".sql").read_bytes())


def driven(url: str) -> URL:
    """The URL for SQLAlchemy on psycopg 3."""
    return make_url(url).set(drivername="postgresql+psycopg")


def _create(url: URL, beside: str) -> None:
    plain = make_url(beside).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        found = connection.execute(
            "select from pg_database where datname = %s", [url.database]
        ).fetchone()
        if found is None:
            name = sql.Identifier(url.database or NAME)
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # another was faster
                connection.execute(sql.SQL("create database {}").format(name))
