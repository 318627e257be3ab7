"""The small writes a turn may make beside its replies, each once under its key (table `effect`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from integrations.platform.crypto import Crypto
from integrations.platform.ids import new_id


def _once(rest: str) -> TextClause:
    return text(_ONCE + rest)


_ONCE = """
with once as (
    insert into effect (kind, key, conversation_id, at)
    values (:effect, :key, :conversation_id, :now) on conflict do nothing returning 1
)
"""

_CONSENT = _once("""insert into consent (id, conversation_id, purpose, version, given, at)
    select :id, :conversation_id, :purpose, :version, :given, :now from once""")

_TICKET = _once("""insert into ticket (id, reference, conversation_id, reason, language, phone_enc,
    created_at)
    select :id, :reference, :conversation_id, :reason, :language, :phone_enc, :now from once""")

_OPT_OUT = _once(""", written as (
    insert into consent (id, conversation_id, purpose, version, given, at)
    select :id, :conversation_id, 'messages', '', not :opted_out, :now from once
)
update conversation set opted_out = :opted_out where id = :conversation_id""")

# What the sender wrote, attached and was told, everywhere under this address: drafts too that were
# begun elsewhere and taken up here. Kept: this turn's own replies, until they are sent; consents
# and the opt-out, which protect the sender; submitted records and their papers, which have their
# own term. A reply that waits is dropped; one just being sent keeps its text until its fate is
# known, because a look-up needs it (outbox.py).
_ERASE = _once(""", mine as (
    select c.id from conversation c, conversation here
    where here.id = :conversation_id and c.address_index = here.address_index
        and exists (select from once)
), filled as (
    select d.id from draft d join conversation here on here.address_index = d.owner_index
    where here.id = :conversation_id and exists (select from once)
    union
    select h.draft_id from draft_holder h
    join conversation here on here.address_index = h.owner_index
    where here.id = :conversation_id and exists (select from once)
), drafts as (
    update draft set body_enc = null, status = 'erased'
    where id in (select id from filled) and status <> 'erased'
), receipts as (
    delete from receipt where pre_declaration_id in (
        select p.id from pre_declaration p where p.draft_id in (select id from filled))
), codes as (
    delete from resume_code where draft_id in (select id from filled)
), papers as (
    update attachment set content_enc = null, name_enc = null, content_index = null,
        removed_at = coalesce(removed_at, :now)
    where content_enc is not null and draft_id in (
        select d.id from filled d where not exists (
            select from pre_declaration p where p.draft_id = d.id and p.body_enc is not null))
), received as (
    update inbox set body_enc = null where conversation_id in (select id from mine)
        and processed_at is not null
), said as (
    update outbox set body_enc = case when state = 'sending' then body_enc end,
        erase_asked = (state = 'sending'),
        state = case when state = 'pending' then 'dropped' else state end
    where conversation_id in (select id from mine) and inbox_id is distinct from :inbox_id
)
update conversation set state_enc = case when id = :conversation_id then state_enc end,
    draft_id = null
where id in (select id from mine)""")


async def record_consent(
    connection: AsyncConnection,
    conversation_id: UUID,
    key: str,
    purpose: str,
    version: str,
    given: bool,
    now: datetime,
) -> None:
    """The sender's yes or no to a notice of this version."""
    parameters = _common("record_consent", conversation_id, key, now)
    parameters |= {"id": new_id(), "purpose": purpose, "version": version, "given": given}
    await connection.execute(_CONSENT, parameters)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A call-back to ask for; `phone` in E.164. Never log it."""

    reference: str
    reason: str
    language: str
    phone: str


async def open_ticket(
    connection: AsyncConnection,
    crypto: Crypto,
    conversation_id: UUID,
    key: str,
    ticket: Ticket,
    now: datetime,
) -> None:
    """A call-back for a person. IntegrityError: the reference is taken."""
    ticket_id = new_id()
    parameters = _common("open_ticket", conversation_id, key, now) | {
        "id": ticket_id,
        "reference": ticket.reference,
        "reason": ticket.reason,
        "language": ticket.language,
        "phone_enc": crypto.seal("ticket", "phone", ticket_id, ticket.phone.encode()),
    }
    await connection.execute(_TICKET, parameters)


async def set_opt_out(
    connection: AsyncConnection, conversation_id: UUID, key: str, opted_out: bool, now: datetime
) -> None:
    """The sender stops (or allows again) what no message of theirs asked for."""
    parameters = _common("set_opt_out", conversation_id, key, now)
    parameters |= {"id": new_id(), "opted_out": opted_out}
    await connection.execute(_OPT_OUT, parameters)


async def erase_sender(
    connection: AsyncConnection, conversation_id: UUID, inbox_id: UUID, now: datetime
) -> None:
    """Forget what this sender wrote and was told, on every channel with this address."""
    parameters = _common("erase_sender", conversation_id, str(inbox_id), now)
    await connection.execute(_ERASE, parameters | {"inbox_id": inbox_id})


def _common(effect: str, conversation_id: UUID, key: str, now: datetime) -> dict[str, object]:
    return {"effect": effect, "conversation_id": conversation_id, "key": key, "now": now}
