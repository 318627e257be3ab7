"""Replies on their way out: what the sender takes, and what it says of each row afterwards.

One row of a conversation is in flight at a time, so that messages leave in order: a row is free
only when no earlier one of its conversation is pending or sending. Each function is one transaction
of its own; none holds a connection while a provider is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from integrations.database.engine import Database
from integrations.database.receipts import apply_early_receipt, lock_receipts

WAKE_CHANNEL = "hala:outbox"
"""Valkey channel that is rung when rows become pending; polling stands behind it."""


@dataclass(frozen=True, slots=True)
class OutboundRow:
    """One message to send. Never log its text or address.

    `choices` are (id, label) pairs for channels with buttons; `text` has them already where the
    channel has none. `attempts` counts this one.
    """

    id: UUID
    conversation_id: UUID
    seq: int
    channel: str
    provider: str
    address: str
    text: str
    choices: tuple[tuple[str, str], ...]
    kind: str
    purpose: str
    attempts: int
    created_at: datetime


# A row is refused at the moment of sending: composed under an older right to speak, erased, or
# begun by us (no inbound behind it) towards a sender who stopped such messages here or, if it is a
# notice, on any channel.
_CLAIM = text("""
with head as (
    select o.id, c.address_enc, case
        when o.fence < c.fence then 'stale_fence'
        when o.body_enc is null or c.address_enc is null then 'erased'
        when o.inbox_id is null and c.opted_out then 'opted_out'
        when o.inbox_id is null and o.kind = 'notice' and exists (
            select from conversation x where x.address_index = c.address_index and x.opted_out
        ) then 'opted_out'
    end as refusal
    from outbox o join conversation c on c.id = o.conversation_id
    where o.state = 'pending' and o.next_attempt_at <= :now and not exists (
        select from outbox e where e.conversation_id = o.conversation_id
        and e.seq < o.seq and e.state in ('pending', 'sending')
    )
    order by o.next_attempt_at, o.conversation_id
    limit :limit
    for update of o skip locked
)
update outbox o set
    state = case when head.refusal is null then 'sending' else 'dropped' end,
    error_code = head.refusal,
    attempts = o.attempts + (head.refusal is null)::int,
    claimed_at = :now
from head where head.id = o.id
returning o.id, o.conversation_id, o.seq, o.channel, o.provider, head.address_enc, o.body_enc,
    o.kind, o.purpose, o.attempts, o.created_at, head.refusal
""")

_TAKE_STUCK = text("""
with stuck as (
    select o.id, c.address_enc from outbox o join conversation c on c.id = o.conversation_id
    where o.state = 'sending' and o.claimed_at < :older_than
    order by o.claimed_at limit :limit for update of o skip locked
)
update outbox o set claimed_at = :now from stuck where stuck.id = o.id
returning o.id, o.conversation_id, o.seq, o.channel, o.provider, stuck.address_enc, o.body_enc,
    o.kind, o.purpose, o.attempts, o.created_at, null as refusal
""")


async def claim(db: Database, limit: int, now: datetime) -> list[OutboundRow]:
    """Mark up to `limit` free rows `sending` and return them, at most one per conversation.

    Call again after sending: the next row of a conversation is free once this one is settled.
    Refused rows become `dropped`, so fewer than `limit` rows do not mean that none are left.
    """
    async with db.engine.begin() as connection:
        rows = (await connection.execute(_CLAIM, {"limit": limit, "now": now})).all()
    taken = [_outbound(db, row) for row in rows if row.refusal is None]
    return sorted(taken, key=lambda row: (row.conversation_id, row.seq))


async def stuck_sending(
    db: Database, older_than: datetime, now: datetime, limit: int = 50
) -> list[OutboundRow]:
    """Rows found `sending` since before `older_than`; each goes to one caller, for that long again.

    Their fate is unknown: look each up at the provider, then `mark_sent`, `mark_retry` (absent) or
    `mark_uncertain` (a code or notice where the provider cannot list).
    """
    parameters = {"older_than": older_than, "now": now, "limit": limit}
    async with db.engine.begin() as connection:
        rows = (await connection.execute(_TAKE_STUCK, parameters)).all()
    return [_outbound(db, row) for row in rows]


async def mark_sent(
    db: Database, row_id: UUID, provider_id: str, segments: int, now: datetime
) -> None:
    """The provider took it under `provider_id`. A receipt that overtook this is applied now."""
    parameters = {"id": row_id, "provider_id": provider_id, "segments": segments, "now": now}
    async with db.engine.begin() as connection:
        await lock_receipts(connection, provider_id)
        # From `pending` too: a slow sender may report after the sweep gave its row back.
        sent = await connection.execute(
            text("""
            update outbox set state = 'sent', provider_id = :provider_id, segments = :segments,
                sent_at = :now, error_code = null,
                body_enc = case when not erase_asked then body_enc end
            where id = :id and state in ('pending', 'sending', 'uncertain') returning provider
            """),
            parameters,
        )
        if (provider := sent.scalar_one_or_none()) is not None:
            await apply_early_receipt(connection, provider, provider_id, now)


async def mark_retry(db: Database, row_id: UUID, next_attempt_at: datetime, code: str) -> None:
    """It did not leave and may be tried again from `next_attempt_at`."""
    await _settle(db, row_id, "pending", code, next_attempt_at)


async def mark_failed(db: Database, row_id: UUID, code: str) -> None:
    """It did not leave and will not; later rows of the conversation go on."""
    await _settle(db, row_id, "failed", code)


async def mark_uncertain(db: Database, row_id: UUID, code: str) -> None:
    """It may have left and must not be sent twice; later rows of the conversation go on."""
    await _settle(db, row_id, "uncertain", code)


async def _settle(
    db: Database, row_id: UUID, state: str, code: str, next_attempt_at: datetime | None = None
) -> None:
    statement = text("""
        update outbox set error_code = :code,
            state = case when erase_asked and :state = 'pending' then 'dropped' else :state end,
            next_attempt_at = coalesce(:next_attempt_at, next_attempt_at),
            body_enc = case when not erase_asked then body_enc end
        where id = :id and state = 'sending'
        """)
    values = {"id": row_id, "state": state, "code": code, "next_attempt_at": next_attempt_at}
    async with db.engine.begin() as connection:
        await connection.execute(statement, values)


def _outbound(db: Database, row: Row[tuple[object, ...]]) -> OutboundRow:
    body = db.crypto.open_json("outbox", "body", row.id, row.body_enc)
    address = db.crypto.open("conversation", "address", row.conversation_id, row.address_enc)
    return OutboundRow(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        channel=row.channel,
        provider=row.provider,
        address=address.decode(),
        text=body["text"],
        choices=choices_of(body),
        kind=row.kind,
        purpose=row.purpose,
        attempts=row.attempts,
        created_at=row.created_at,
    )


def choices_of(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The choices of a stored body as (id, label) pairs."""
    return tuple((choice[0], choice[1]) for choice in body["choices"])
