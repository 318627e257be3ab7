"""A provider that will not reach a citizen who stopped it tells us that they refuse."""

from __future__ import annotations

from uuid import UUID

from integrations.database import effects
from integrations.database.engine import Database
from integrations.platform.clock import Clock


async def record_refusal(db: Database, clock: Clock, conversation_id: UUID, row_id: UUID) -> None:
    """Note the opt-out that a refused send of an outbox row revealed; once for each row."""
    key = f"refused:{row_id}"
    async with db.engine.begin() as connection:
        await effects.set_opt_out(connection, conversation_id, key, True, clock.now())
