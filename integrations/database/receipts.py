"""Delivery receipts: how far a message has come. They arrive twice and out of order, and sometimes
before the provider's id of their message is stored; a message never moves backwards."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from integrations.database.engine import Database

DeliveryStatus = Literal["queued", "sent", "delivered", "read", "failed"]

# A status moves a message only upwards. `failed` is final, but comes too late once delivered.
RANKS: dict[str, int] = {"queued": 1, "sent": 2, "delivered": 3, "read": 4, "failed": 9}
_STATES = {"queued": "sent", "sent": "sent", "delivered": "delivered", "read": "delivered"}

_APPLY = text("""
update outbox set rank = :rank, state = :state, error_code = coalesce(:code, error_code),
    delivered_at = case when :state = 'delivered' then coalesce(delivered_at, :now)
        else delivered_at end
where provider = :provider and provider_id = :provider_id
    and rank < :rank and not (:state = 'failed' and state = 'delivered')
""")

_KEEP = text("""
insert into early_receipt (provider, provider_id, status, rank, error_code, received_at)
values (:provider, :provider_id, :status, :rank, :code, :now)
on conflict (provider, provider_id) do update
set status = excluded.status, rank = excluded.rank, error_code = excluded.error_code
where early_receipt.rank < excluded.rank
""")

_TAKE_EARLY = text("""
delete from early_receipt where provider = :provider and provider_id = :provider_id
returning status, error_code
""")


async def apply_receipt(
    db: Database,
    provider: str,
    provider_id: str,
    status: DeliveryStatus,
    code: str | None,
    now: datetime,
) -> bool:
    """Take a receipt in; False when it moved nothing (a repeat, an older one, an unknown message).

    One for a message whose provider id is not stored yet is kept for `outbox.mark_sent`.
    """
    async with db.engine.begin() as connection:
        await lock_receipts(connection, provider_id)
        if await _apply(connection, provider, provider_id, status, code, now):
            return True
        known = await connection.execute(
            text("select from outbox where provider = :provider and provider_id = :provider_id"),
            {"provider": provider, "provider_id": provider_id},
        )
        if known.first() is None:
            kept = _parameters(provider, provider_id, status, code, now)
            await connection.execute(_KEEP, kept)
    return False


async def apply_early_receipt(
    connection: AsyncConnection, provider: str, provider_id: str, now: datetime
) -> None:
    """Apply the receipt that overtook the storing of its message's provider id, if there is one."""
    names = {"provider": provider, "provider_id": provider_id}
    early = (await connection.execute(_TAKE_EARLY, names)).first()
    if early is not None:
        await _apply(connection, provider, provider_id, early.status, early.error_code, now)


async def lock_receipts(connection: AsyncConnection, provider_id: str) -> None:
    """Keep a receipt and the storing of its message's provider id from missing each other."""
    statement = text("select pg_advisory_xact_lock(hashtextextended(:id, 0))")
    await connection.execute(statement, {"id": provider_id})


async def _apply(
    connection: AsyncConnection,
    provider: str,
    provider_id: str,
    status: str,
    code: str | None,
    now: datetime,
) -> bool:
    parameters = _parameters(provider, provider_id, status, code, now)
    return (await connection.execute(_APPLY, parameters)).rowcount > 0


def _parameters(
    provider: str, provider_id: str, status: str, code: str | None, now: datetime
) -> dict[str, object]:
    return {
        "provider": provider,
        "provider_id": provider_id,
        "status": status,
        "state": _STATES.get(status, "failed"),
        "rank": RANKS[status],
        "code": code,
        "now": now,
    }
