"""`hala keys`: which keys there are, whether they open what is stored, and a new one.

A change of key is: `rotate`, start every process again, `reseal`. In this order, because a process
reads only what it has the key of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from channels.cli.faults import Fault

if TYPE_CHECKING:
    from integrations.database.engine import Database

commands = typer.Typer(help="The key file and what is sealed with it.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (show, check, rotate, reseal):
        commands.command()(command)
    app.add_typer(commands, name="keys")


def show() -> None:
    """Which key versions there are; never the keys."""
    from integrations.platform.keys import load_keys
    from integrations.platform.settings import Settings

    path = Settings.load().keys_path
    found = load_keys(path)
    print(f"{path}: current version {found.current}, versions {_listed(found.data)}")


def rotate() -> None:
    """Add a data key and make it current. Then start the service again and run `reseal`."""
    from integrations.platform.keys import rotate_keys
    from integrations.platform.settings import Settings

    path = Settings.load().keys_path
    found = rotate_keys(path)
    print(f"{path}: current version {found.current}, versions {_listed(found.data)}")


def check() -> None:
    """Count what is sealed with each key version; fails when a version has no key."""
    import asyncio

    from integrations.platform.keys import load_keys
    from integrations.platform.settings import Settings

    with _database() as db:
        counts = asyncio.run(_versions(db))
    for version, count in sorted(counts.items()):
        print(f"version {version}: {count} values")
    keys = load_keys(Settings.load().keys_path)
    if missing := counts.keys() - keys.data.keys():
        raise Fault(f"keys.missing: no key of version {_listed(dict.fromkeys(missing, b''))}")


def reseal() -> None:
    """Seal again, under the current key, what older keys sealed."""
    import asyncio

    from integrations.database.rotation import reencrypt

    async def run(db: Database) -> int:
        try:
            return await reencrypt(db)
        finally:
            await db.close()

    with _database() as db:
        print(f"{asyncio.run(run(db))} values sealed again")


@contextmanager
def _database() -> Iterator[Database]:
    from integrations.database.engine import open_database
    from integrations.local.services import local_services
    from integrations.platform.crypto import Crypto
    from integrations.platform.keys import load_keys
    from integrations.platform.settings import Settings

    settings = Settings.load()
    crypto = Crypto(load_keys(settings.keys_path))
    with local_services(settings) as services:
        yield open_database(services.database_url, crypto, pool_size=1)


async def _versions(db: Database) -> Counter[int]:
    from sqlalchemy import func, select

    from integrations.database.rotation import sealed_columns

    counts: Counter[int] = Counter()
    async with db.engine.connect() as connection:
        for _, column in sealed_columns():
            # Bytes 2 and 3 of a token are its key's version.
            version = func.substring(column, 2, 2)
            counted = select(version, func.count()).where(column.is_not(None)).group_by(version)
            for found, count in await connection.execute(counted):
                counts[int.from_bytes(found, "big")] += count
    await db.close()
    return counts


def _listed(versions: Mapping[int, bytes]) -> str:
    return ", ".join(str(version) for version in sorted(versions))
