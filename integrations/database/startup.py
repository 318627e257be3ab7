"""Opens the database with the keys that fit it, or says in one sentence why it cannot be opened.

A missing key file is made only over an empty database, and never in production: a new key over old
data would make it unreadable for ever.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from uuid import UUID

import psycopg

from integrations.database.engine import (
    CONNECT_SECONDS,
    Database,
    open_database,
    psycopg_url,
)
from integrations.platform.crypto import Crypto, CryptoError
from integrations.platform.keys import Keys, KeysError, create_keys, load_keys
from integrations.platform.settings import Settings


def open_configured(settings: Settings, url: str) -> Database:
    """The database under its keys. Raises `KeysError`."""
    return open_database(url, Crypto(keys_for(settings, url)), settings.turns_in_flight)


def keys_for(settings: Settings, url: str) -> Keys:
    """The keys of this installation, checked against what the database holds.

    A key file that was named and is not there is a fault of the installation: none is made for it.
    Raises `KeysError`.
    """
    path = settings.keys_path
    if path.exists():
        return _checked(path, load_keys(path), url)
    if settings.is_production or settings.keys_file is not None:
        raise KeysError(f"{path}: no key file; one is made only on a laptop, under its own name")
    if _sample(url) is not None:
        raise KeysError(f"{path}: no key file, but the database holds data: restore the file")
    return create_keys(path)


def _checked(path: Path, keys: Keys, url: str) -> Keys:
    # A process may start while its database is away; then there is nothing to check against.
    with suppress(psycopg.OperationalError):
        sample = _sample(url)
        if sample is not None and not _opens(Crypto(keys), *sample):
            raise KeysError(f"{path}: these keys do not open the data in the database")
    return keys


def _sample(url: str) -> tuple[UUID, bytes] | None:
    """One sealed address, the newest; None when the database holds none."""
    plain = psycopg_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, connect_timeout=CONNECT_SECONDS) as connection:
        found = connection.execute("select to_regclass('conversation') is not null").fetchone()
        if found is None or not found[0]:
            return None  # not migrated yet
        row = connection.execute(
            "select id, address_enc from conversation where address_enc is not null"
            " order by id desc limit 1"
        ).fetchone()
    return None if row is None else (row[0], row[1])


def _opens(crypto: Crypto, conversation_id: UUID, token: bytes) -> bool:
    try:
        crypto.open("conversation", "address", conversation_id, token)
    except CryptoError:
        return False
    return True
