"""Resume codes: kept as blind indexes, looked up for whoever types one, counted when wrong.

A code lives as long as its draft. It can be read back only from the draft, which is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from integrations.platform.crypto import Crypto

WRONG_AN_HOUR = 5
WRONG_A_DAY = 20

# Beyond the limit nothing is found and nothing counted: who waits an hour may try again.
_MAY_TRY = """
(select count(*) < :a_day and count(*) filter (where at > :hour_ago) < :an_hour from effect
    where kind = 'count_wrong_code' and conversation_id = :conversation_id and at > :day_ago)
"""

_FIND = text(f"""
select d.id, d.body_enc from resume_code r join draft d on d.id = r.draft_id
where r.code_index = :code_index and d.body_enc is not null and d.expires_at > :now
    and d.status in ('open', 'submitted') and {_MAY_TRY}
""")  # noqa: S608 - our own words

_COUNT = text(f"""
insert into effect (kind, key, conversation_id, at)
select 'count_wrong_code', :key, :conversation_id, :now where {_MAY_TRY} on conflict do nothing
""")

_KEEP = text("""
with lives as (
    update draft set expires_at = greatest(expires_at, :until) where id = :draft_id returning id
)
insert into resume_code (draft_id, code_index) select id, :code_index from lives
on conflict (draft_id) do update set code_index = excluded.code_index
""")

_END = text("delete from resume_code where draft_id = :draft_id")

_POINT = text("update conversation set draft_id = :draft_id where id = :conversation_id")

_HOLD = text("""
insert into draft_holder (draft_id, owner_index, at)
select :draft_id, address_index, :now from conversation where id = :conversation_id
on conflict do nothing
""")


async def find(
    connection: AsyncConnection, crypto: Crypto, code: str, conversation_id: UUID, now: datetime
) -> Mapping[str, Any] | None:
    """The draft a code leads to, as JSON; None when there is none or this sender tried too many."""
    parameters = _tries(conversation_id, now) | {"code_index": _index(crypto, code), "now": now}
    row = (await connection.execute(_FIND, parameters)).first()
    if row is None:
        return None
    opened: Mapping[str, Any] = crypto.open_json("draft", "body", row.id, row.body_enc)
    return opened


async def count_wrong(
    connection: AsyncConnection, conversation_id: UUID, key: str, now: datetime
) -> None:
    """One more wrong code of this sender."""
    parameters = _tries(conversation_id, now) | {"key": key, "now": now}
    await connection.execute(_COUNT, parameters)


async def keep(
    connection: AsyncConnection, crypto: Crypto, draft_id: UUID, code: str, until: datetime
) -> None:
    """Let a code lead to a draft, which lives until then. IntegrityError: the code is taken."""
    parameters = {"draft_id": draft_id, "code_index": _index(crypto, code), "until": until}
    await connection.execute(_KEEP, parameters)


async def end(connection: AsyncConnection, draft_id: UUID) -> None:
    """Let the code of a draft lead nowhere."""
    await connection.execute(_END, {"draft_id": draft_id})


async def point_to(
    connection: AsyncConnection, conversation_id: UUID, draft_id: UUID | None
) -> None:
    """Make the conversation be about this draft from the next turn on."""
    parameters = {"conversation_id": conversation_id, "draft_id": draft_id}
    await connection.execute(_POINT, parameters)


async def hold(
    connection: AsyncConnection, conversation_id: UUID, draft_id: UUID, now: datetime
) -> None:
    """Remember that the draft is this sender's too: what they ask to be erased includes it."""
    parameters = {"conversation_id": conversation_id, "draft_id": draft_id, "now": now}
    await connection.execute(_HOLD, parameters)


def _index(crypto: Crypto, code: str) -> bytes:
    return crypto.blind("resume_code", code)


def _tries(conversation_id: UUID, now: datetime) -> dict[str, object]:
    return {
        "conversation_id": conversation_id,
        "hour_ago": now - timedelta(hours=1),
        "day_ago": now - timedelta(days=1),
        "an_hour": WRONG_AN_HOUR,
        "a_day": WRONG_A_DAY,
    }
