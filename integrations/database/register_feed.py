"""The register's feed: how far it was read, and each of its events once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.register import Event
from integrations.database.engine import Database
from integrations.database.register_news import News, Outcome, learn
from integrations.platform.crypto import Crypto

HOOKS_KEPT = timedelta(minutes=15)

_CURSOR = text("select cursor from register_cursor where feed = :feed")

_ADVANCE = text("""
insert into register_cursor (feed, cursor, read_at) values (:feed, :cursor, :now)
on conflict (feed) do update set read_at = excluded.read_at,
    cursor = greatest(register_cursor.cursor, excluded.cursor)
""")

_FIRST_TIME = text("""
insert into register_event (id, cursor, type, transaction_id, at, received_at, outcome)
values (:id, :cursor, :type, :transaction_id, :at, :now, 'noted')
on conflict do nothing returning 1
""")

_OUTCOME = text("update register_event set outcome = :outcome where id = :id")

_OLD_HOOKS = text("delete from register_hook where received_at < :oldest")

_HOOK = text("""
insert into register_hook (signature, received_at) values (:signature, :now)
on conflict do nothing returning 1
""")


@dataclass(frozen=True, slots=True)
class Told:
    """An event with what it means for its record; `is_known` False: its type is new to us."""

    event: Event
    news: News
    is_known: bool = True


async def cursor(db: Database, feed: str) -> int:
    """How far the feed was read; 0 before the first time."""
    async with db.engine.connect() as connection:
        found = await connection.scalar(_CURSOR, {"feed": feed})
    return int(found or 0)


async def take(
    db: Database, feed: str, told: Sequence[Told], to: int, now: datetime
) -> Mapping[str, Outcome]:
    """Take a piece of the feed in, and go on from `to`, all or nothing; the outcome of each event
    by its id, of those that were not known before."""
    outcomes: dict[str, Outcome] = {}
    async with db.engine.begin() as connection:
        # Two workers that read the same piece take its rows in the same order.
        for each in sorted(told, key=lambda one: (one.event.cursor, one.event.id)):
            outcome = await _take(connection, db.crypto, each, now)
            if outcome is not None:
                outcomes[str(each.event.id)] = outcome
        await connection.execute(_ADVANCE, {"feed": feed, "cursor": to, "now": now})
    return outcomes


async def is_new_hook(db: Database, signature: str, now: datetime) -> bool:
    """Whether this webhook comes for the first time."""
    async with db.engine.begin() as connection:
        await connection.execute(_OLD_HOOKS, {"oldest": now - HOOKS_KEPT})
        parameters = {"signature": signature, "now": now}
        return (await connection.execute(_HOOK, parameters)).first() is not None


async def _take(
    connection: AsyncConnection, crypto: Crypto, told: Told, now: datetime
) -> Outcome | None:
    event = told.event
    parameters: dict[str, Any] = {
        "id": event.id,
        "cursor": event.cursor,
        "type": event.type,
        "transaction_id": event.transaction_id,
        "at": event.at,
        "now": now,
    }
    if (await connection.execute(_FIRST_TIME, parameters)).first() is None:
        return None
    outcome = await learn(connection, crypto, event.transaction_id, told.news)
    if outcome != "foreign" and not told.is_known:
        outcome = "handled"
    await connection.execute(_OUTCOME, {"id": event.id, "outcome": outcome})
    return outcome
