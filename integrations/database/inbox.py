"""Messages that came in: which still wait for their turn, and until when none is missing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from integrations.database.engine import Database


async def unprocessed(db: Database, older_than: datetime, limit: int = 100) -> list[UUID]:
    """Conversations with a message received before `older_than` that has no turn yet, oldest first.

    Hand each to `actions.handle_message.drain`.
    """
    statement = text("""
        select conversation_id from inbox where processed_at is null and received_at < :older_than
        group by conversation_id order by min(received_at) limit :limit
        """)
    async with db.engine.connect() as connection:
        rows = await connection.execute(statement, {"older_than": older_than, "limit": limit})
        return list(rows.scalars())


async def complete_until(db: Database, provider: str, channel: str) -> datetime | None:
    """Until when everything a provider received is known to be stored; None: never looked."""
    statement = text("""
        select complete_until from inbound_cursor
        where provider = :provider and channel = :channel
        """)
    async with db.engine.connect() as connection:
        found: datetime | None = await connection.scalar(
            statement, {"provider": provider, "channel": channel}
        )
        return found


async def set_complete_until(db: Database, provider: str, channel: str, at: datetime) -> None:
    """Note that everything received before `at` is stored."""
    statement = text("""
        insert into inbound_cursor (provider, channel, complete_until)
        values (:provider, :channel, :at)
        on conflict (provider, channel) do update set complete_until = excluded.complete_until
        """)
    async with db.engine.begin() as connection:
        await connection.execute(statement, {"provider": provider, "channel": channel, "at": at})
