"""What tests take away from a running gateway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.support.gateway import Gateway
from tests.support.services import named, run_sql


@contextmanager
def database_away(gateway: Gateway) -> Iterator[None]:
    """Nobody can use the gateway's database: connections are cut and refused."""
    name = psycopg.conninfo.conninfo_to_dict(gateway.database_url)["dbname"]
    server = named(gateway.database_url.replace(f"/{name}?", "/postgres?"), "postgres")
    run_sql(server, f"alter database {name} allow_connections false")
    run_sql(
        server,
        f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'",  # noqa: S608
    )
    try:
        yield
    finally:
        run_sql(server, f"alter database {name} allow_connections true")
