"""Conversations as others may read them: where to reach the sender."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from integrations.database.engine import Database


@dataclass(frozen=True, slots=True)
class Address:
    """Where a sender is reached. Never log `address`."""

    channel: str
    provider: str
    address: str


async def address(db: Database, conversation_id: UUID) -> Address | None:
    """The sender's address; None when the conversation is unknown or was forgotten."""
    statement = text("select channel, provider, address_enc from conversation where id = :id")
    async with db.engine.connect() as connection:
        row = (await connection.execute(statement, {"id": conversation_id})).first()
    if row is None or row.address_enc is None:
        return None
    opened = db.crypto.open("conversation", "address", conversation_id, row.address_enc)
    return Address(row.channel, row.provider, opened.decode())
