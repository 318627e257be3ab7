"""The real PostgreSQL and Valkey for tests: one pair a session, a fresh database a module."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from integrations.database.migrate import migrate
from integrations.local.services import Endpoints, local_services
from integrations.platform.settings import Settings

TEMPLATE = "hala_template"


@contextmanager
def service_folder() -> Iterator[Path]:
    """A data folder that the services' account can reach, which pytest's own is not for root."""
    folder = Path(tempfile.mkdtemp(prefix="hala-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_services() -> Iterator[Endpoints]:
    """Both services, with a migrated database to copy from."""
    with service_folder() as folder, local_services(settings_for(folder)) as endpoints:
        run_sql(endpoints.database_url, f"create database {TEMPLATE}")
        migrate(named(endpoints.database_url, TEMPLATE))
        yield endpoints


@contextmanager
def fresh_database(endpoints: Endpoints) -> Iterator[str]:
    """The URL of an empty, migrated database of its own."""
    name = f"test_{secrets.token_hex(6)}"
    run_sql(endpoints.database_url, f"create database {name} template {TEMPLATE}")
    try:
        yield named(endpoints.database_url, name)
    finally:
        run_sql(endpoints.database_url, f"drop database {name} with (force)")


def settings_for(folder: Path, **values: object) -> Settings:
    """Settings of a test, whatever the environment says about the database."""
    hidden = {name for name in os.environ if name.startswith("HALA_")}
    kept = {name: os.environ.pop(name) for name in hidden}
    try:
        return Settings.load(data_dir=folder, env="test", **values)
    finally:
        os.environ.update(kept)


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return url.replace("/postgres?", f"/{database}?")


def run_sql(url: str, statement: str) -> None:
    """One statement outside a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
