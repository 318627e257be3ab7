"""What the outbox must know to send a message again, or to recognise that it already left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from integrations.database.engine import Database

# An older message is not sent again once the citizen wrote anything after it: the talk went on.
_REVIVE = text("""
update outbox o set state = 'pending', provider_id = null, rank = 0, next_attempt_at = :at
where o.provider = :provider and o.provider_id = :provider_id and o.state = 'failed'
    and o.attempts < :attempts and o.body_enc is not null and not exists (
        select from inbox i
        where i.conversation_id = o.conversation_id and i.received_at > o.created_at
    )
""")


async def first_unknown(db: Database, provider: str, provider_ids: Sequence[str]) -> str | None:
    """The first of these provider ids that no row of the outbox bears."""
    statement = text("""
        select provider_id from outbox
        where provider = :provider and provider_id = any(:provider_ids)
        """)
    values = {"provider": provider, "provider_ids": list(provider_ids)}
    async with db.engine.connect() as connection:
        known = set((await connection.execute(statement, values)).scalars())
    return next((found for found in provider_ids if found not in known), None)


async def revive(
    db: Database, provider: str, provider_id: str, at: datetime, attempts: int
) -> bool:
    """Let a message that a receipt called undelivered be sent again from `at`.

    False when it had `attempts` already or the conversation went on without it.
    """
    values = {"provider": provider, "provider_id": provider_id, "at": at, "attempts": attempts}
    async with db.engine.begin() as connection:
        return (await connection.execute(_REVIVE, values)).rowcount > 0
