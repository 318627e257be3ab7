"""Erases on time. Texts and numbers go; rows without them stay, so that nothing happens twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from integrations.database.engine import Database
from integrations.database.pre_declarations import JOB, QUEUE
from integrations.database.receipt_links import LIVES, lifetimes
from integrations.database.register_news import END, OPENED
from integrations.platform.clock import local
from integrations.platform.settings import Settings

# A draft lives on while someone still writes in a conversation that points to it.
_DRAFTS = """
update draft set body_enc = null, status = case when status = 'open' then 'expired' else status end
where body_enc is not null and expires_at <= :now and not exists (
    select from conversation c where c.draft_id = draft.id and c.last_inbound_at > :draft_limit
)
"""

# What a state remembers belongs to its draft and ends with it: later, where a code keeps that.
_STATES = """
update conversation set state_enc = null, draft_id = null
where state_enc is not null and last_inbound_at <= :draft_limit and not exists (
    select from draft d where d.id = conversation.draft_id and d.body_enc is not null
        and d.expires_at > :now
)
"""

_RESUME_CODES = """
delete from resume_code r using draft d where d.id = r.draft_id and d.body_enc is null
"""

_HOLDERS = """
delete from draft_holder h using draft d where d.id = h.draft_id and d.body_enc is null
"""

_RECEIVED = """
update inbox set body_enc = null
where body_enc is not null and processed_at is not null and received_at <= :transcript_limit
"""

# What is just being sent needs its text, and its address, until its fate is known.
_SAID = """
update outbox set body_enc = null, state = case when state = 'pending' then 'dropped' else state end
where body_enc is not null and created_at <= :transcript_limit and state <> 'sending'
"""

# The blind index stays: an opt-out must be remembered, and a return be recognised.
_ADDRESSES = """
update conversation set address_enc = null
where address_enc is not null and coalesce(last_inbound_at, created_at) <= :transcript_limit
    and not exists (select from outbox o where o.conversation_id = conversation.id
        and o.state = 'sending')
"""

# One that no officer has opened is asked back: nobody came for it.
_RECORDS = f"""
with erased as (
    update pre_declaration set body_enc = null, register_enc = null, second_factor_index = null,
        withdraw_asked_at = case when status_rank < {OPENED} then cast(:now as timestamptz) end,
        status = case when status_rank < {OPENED} then 'expired' else status end,
        status_rank = case when status_rank < {OPENED} then {END} else status_rank end
    where body_enc is not null and coalesce(last_day, created_at::date) <= :record_limit
    returning id, withdraw_asked_at is not null as is_wanted_back
)
select case when is_wanted_back
    then defer_job('{QUEUE}', '{JOB}', jsonb_build_object('pre_declaration_id', id)) end
from erased
"""  # noqa: S608

# An event is remembered for longer than the register might tell it again.
_REGISTER_EVENTS = "delete from register_event where received_at <= :transcript_limit"

# Papers live as long as what they belong to: the draft, then the record that was sent of it.
_ATTACHMENTS = """
update attachment set content_enc = null, name_enc = null, content_index = null,
    removed_at = coalesce(removed_at, :now)
where content_enc is not null
    and not exists (select from draft d where d.id = attachment.draft_id
        and d.body_enc is not null and d.status in ('open', 'submitted'))
    and not exists (select from pre_declaration p where p.draft_id = attachment.draft_id
        and p.body_enc is not null)
"""

_TICKETS = """
update ticket set phone_enc = null where phone_enc is not null and created_at <= :transcript_limit
"""

# A session that ended, or that its draft has outlived, opens nothing any more.
_WEB_SESSIONS = "delete from web_session where coalesce(ended_at, last_active_at) <= :web_limit"

_EARLY_RECEIPTS = "delete from early_receipt where received_at <= :receipt_limit"

_RECEIPTS = f"""
delete from receipt r using pre_declaration p
where p.id = r.pre_declaration_id and not {LIVES}
"""  # noqa: S608 - our own words

RULES = {
    "drafts": _DRAFTS,
    "states": _STATES,
    "resume_codes": _RESUME_CODES,  # these two after the drafts
    "draft_holders": _HOLDERS,
    "received": _RECEIVED,
    "said": _SAID,
    "addresses": _ADDRESSES,
    "pre_declarations": _RECORDS,
    "register_events": _REGISTER_EVENTS,
    "receipts": _RECEIPTS,  # after the records
    "attachments": _ATTACHMENTS,  # after the drafts and the records
    "tickets": _TICKETS,
    "early_receipts": _EARLY_RECEIPTS,
    "web_sessions": _WEB_SESSIONS,
}


async def erase_expired(db: Database, settings: Settings, now: datetime) -> dict[str, int]:
    """Erase whatever is past its term; how many rows of each kind. Run it daily or more often."""
    limits: dict[str, object] = {
        "now": now,
        "draft_limit": now - timedelta(days=settings.draft_days),
        "transcript_limit": now - timedelta(days=settings.transcript_days),
        "record_limit": local(now).date() - timedelta(days=settings.retention_days),
        "receipt_limit": now - timedelta(days=1),
        **lifetimes(settings, now),
        "web_limit": now - timedelta(days=settings.draft_days + 1),
    }
    async with db.engine.begin() as connection:
        return {
            name: (await connection.execute(text(rule), _used(rule, limits))).rowcount
            for name, rule in RULES.items()
        }


def _used(rule: str, limits: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in limits.items() if f":{name}" in rule}
