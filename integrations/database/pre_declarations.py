"""Submitted pre-declarations: written by the turn, read for their status (`transmissions`: what the
register's job reads and writes of them)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.events import identity_given
from bot.dialogue.messages import StatusView
from integrations.database.register_news import OPENED
from integrations.platform.crypto import Crypto
from integrations.platform.ids import new_id

JOB = "hala:transmit_pre_declaration"
"""Name of the job that hands a record to the register; its argument is `pre_declaration_id`."""

QUEUE = "register"
SAME_PHONE = timedelta(hours=24)
SENSITIVE_KINDS = frozenset({"declare_divorce"})

# `once` makes the effect happen once whatever happens; nothing is written when it was there before.
_SUBMIT = text("""
with once as (
    insert into effect (kind, key, conversation_id, at)
    values ('submit_declaration', :key, :conversation_id, :now) on conflict do nothing returning 1
), made as (
    insert into pre_declaration (id, reference, draft_id, transaction_id, kind, conversation_id,
        owner_index, second_factor_index, sensitive, body_enc, missing, last_day,
        created_at, updated_at)
    select :id, :reference, :draft_id, :transaction_id, :kind, :conversation_id,
        (select address_index from conversation where id = :conversation_id),
        :second_factor_index, :sensitive, :body_enc, :missing, :last_day, :now, :now
    from once returning id
)
select defer_job(:queue, :job, jsonb_build_object('pre_declaration_id', id)) from made
""")

_COMPLETE = text("""
with once as (
    insert into effect (kind, key, conversation_id, at)
    values ('complete_declaration', :key, :conversation_id, :now) on conflict do nothing returning 1
), changed as (
    update pre_declaration set body_enc = :body_enc, missing = :missing, updated_at = :now,
        version = version + 1
    where id = :id and exists (select from once) returning id
)
select defer_job(:queue, :job, jsonb_build_object('pre_declaration_id', id)) from changed
""")

# Nothing is asked back once an officer works with it; the job says the last word.
_WITHDRAW = text("""
with once as (
    insert into effect (kind, key, conversation_id, at)
    values ('withdraw_declaration', :key, :conversation_id, :now) on conflict do nothing returning 1
), asked as (
    update pre_declaration set withdraw_asked_at = :now, updated_at = :now
    where reference = :reference and status_rank < :opened and exists (select from once)
    returning id
)
select defer_job(:queue, :job, jsonb_build_object('pre_declaration_id', id)) from asked
""")

_SHOWN_PAPERS = text("""
select distinct kind from attachment where draft_id = :draft_id and removed_at is null
""")

_STATUS = text("""
select p.kind, p.last_day, p.sensitive,
    case when p.withdraw_asked_at is not null and p.status_rank < 9 then 'withdrawing'
        when p.status = 'submitted' then 'received'
        when p.status = 'correction_asked' and p.correction_answered then 'corrected'
        else p.status end as status,
    p.second_factor_index = :factor as factor_fits, p.second_factor_index is null as has_none,
    p.owner_index = c.address_index and c.last_inbound_at > :since as same_phone
from pre_declaration p left join conversation c on c.id = :conversation_id
where p.reference = :reference
""")


@dataclass(frozen=True, slots=True)
class Submission:
    """What a turn submits. `papers`: the ids of those that go with it. Never log `values`."""

    reference: str
    draft_id: UUID
    kind: str
    conversation_id: UUID
    values: Mapping[str, Any]
    missing: Sequence[str]
    last_day: date | None
    language: str = "ar"
    papers: Sequence[str] = ()


async def submit(
    connection: AsyncConnection, crypto: Crypto, record: Submission, now: datetime
) -> None:
    """Write the record and defer its transmission, once per draft.

    IntegrityError: the reference is taken.
    """
    record_id = new_id()
    parameters = {
        "id": record_id,
        "key": str(record.draft_id),
        "conversation_id": record.conversation_id,
        "reference": record.reference,
        "draft_id": record.draft_id,
        "transaction_id": new_id(),
        "kind": record.kind,
        "second_factor_index": _declared_factor(crypto, record.reference, record.values),
        "sensitive": _is_sensitive(record.kind, record.values),
        "body_enc": await _seal(connection, crypto, record_id, record),
        "missing": list(record.missing),
        "last_day": record.last_day,
        "now": now,
        "queue": QUEUE,
        "job": JOB,
    }
    await connection.execute(_SUBMIT, parameters)


async def complete(
    connection: AsyncConnection, crypto: Crypto, record: Submission, key: str, now: datetime
) -> None:
    """Replace the values of an already submitted record and transmit it again."""
    found = await connection.scalar(
        text("select id from pre_declaration where reference = :reference for update"),
        {"reference": record.reference},
    )
    if found is None:
        return  # erased in the meantime: there is nothing left to complete
    parameters = {
        "id": found,
        "key": key,
        "conversation_id": record.conversation_id,
        "body_enc": await _seal(connection, crypto, found, record),
        "missing": list(record.missing),
        "now": now,
        "queue": QUEUE,
        "job": JOB,
    }
    await connection.execute(_COMPLETE, parameters)


async def status(
    connection: AsyncConnection,
    crypto: Crypto,
    reference: str,
    second_factor: str,
    conversation_id: UUID,
    now: datetime,
) -> StatusView | None:
    """Where a request stands, if the second factor fits: the last four of the declared identity.

    The phone it was made from stands for it during 24 hours after a message, where no identity was
    declared or an empty factor is given; never for a sensitive record.
    """
    parameters = {
        "reference": reference,
        "factor": _factor_index(crypto, reference, second_factor),
        "conversation_id": conversation_id,
        "since": now - SAME_PHONE,
    }
    row = (await connection.execute(_STATUS, parameters)).first()
    if row is None:
        return None
    by_phone = row.same_phone and not row.sensitive and (row.has_none or not second_factor)
    return StatusView(row.kind, row.status, row.last_day) if row.factor_fits or by_phone else None


async def withdraw(
    connection: AsyncConnection, reference: str, conversation_id: UUID, key: str, now: datetime
) -> None:
    """Ask the register for a record back; nothing happens when an officer has opened it."""
    parameters = {
        "key": key,
        "reference": reference,
        "conversation_id": conversation_id,
        "opened": OPENED,
        "now": now,
        "queue": QUEUE,
        "job": JOB,
    }
    await connection.execute(_WITHDRAW, parameters)


async def _seal(
    connection: AsyncConnection, crypto: Crypto, record_id: UUID, record: Submission
) -> bytes:
    """Everything of a version that the register gets: the same on every try, whatever changes."""
    rows = await connection.execute(_SHOWN_PAPERS, {"draft_id": record.draft_id})
    shown = set(rows.scalars())
    body = {
        "values": dict(record.values),
        "language": record.language,
        "papers": [(kind, kind in shown) for kind in record.papers],
    }
    return crypto.seal_json("pre_declaration", "body", record_id, body)


def _declared_factor(crypto: Crypto, reference: str, values: Mapping[str, Any]) -> bytes | None:
    number = identity_given(values)
    return _factor_index(crypto, reference, number[-4:]) if number else None


def _factor_index(crypto: Crypto, reference: str, last_four: str) -> bytes:
    # Four characters have few values: bound to the reference, equal ones do not look equal.
    return crypto.blind("second_factor", f"{reference}:{last_four.upper()}")


def _is_sensitive(kind: str, values: Mapping[str, Any]) -> bool:
    return kind in SENSITIVE_KINDS or values.get("father_known") is False
