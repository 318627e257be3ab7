"""Messages that came in: which still wait for their turn, and when the last one came."""

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


async def last_received(db: Database, provider: str) -> datetime | None:
    """When the newest stored message of a provider came in: where to go on after an outage."""
    statement = text("select max(received_at) from inbox where provider = :provider")
    async with db.engine.connect() as connection:
        newest: datetime | None = await connection.scalar(statement, {"provider": provider})
        return newest
