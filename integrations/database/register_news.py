"""What the register says of our records: how far each has come. It is told twice and out of order,
by the feed and by the answers to our own calls; a record never moves backwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from integrations.platform.crypto import Crypto

Outcome = Literal["moved", "noted", "handled", "foreign"]

# A status moves a record only upwards. The ends are one rank: the first that comes stays.
END = 9
OPENED = 2
RANKS: dict[str, int] = {
    "submitted": 0,
    "transmitted": 1,
    "opened": OPENED,
    "handled": 3,
    "correction_asked": 4,
    "registered": END,
    "rejected": END,
    "expired": END,
    "withdrawn": END,
}

_LOCK = text("""
select id, status_rank, correction_cursor, register_enc, body_enc is null as erased
from pre_declaration where transaction_id = :transaction_id for update
""")

_WRITE = text("""
update pre_declaration set register_enc = :register_enc, correction_cursor = :correction_cursor,
    correction_answered = case when correction_cursor < :correction_cursor then :answered
        else correction_answered end,
    status = case when status_rank < :rank then :status else status end,
    status_rank = greatest(status_rank, :rank),
    opened_at = coalesce(opened_at, :opened_at)
where id = :id
""")


@dataclass(frozen=True, slots=True)
class News:
    """Something the register said of a record.

    `status`: one of `RANKS`, None where it says nothing of it. `facts`: what else is worth keeping;
    officers' words among them: never log it. `cursor`: where in the feed a word about a correction
    stood, which `answered` says was the answer; 0 where it is none.
    """

    status: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    opened_at: datetime | None = None
    cursor: int = 0
    answered: bool = False


async def learn(
    connection: AsyncConnection, crypto: Crypto, transaction_id: UUID, news: News
) -> Outcome:
    """Take it in; whether it moved a status. `foreign`: we keep no such record."""
    row = (await connection.execute(_LOCK, {"transaction_id": transaction_id})).first()
    if row is None:
        return "foreign"
    rank = RANKS[news.status] if news.status else 0
    parameters = {
        "id": row.id,
        "status": news.status or "",
        "rank": rank,
        "opened_at": news.opened_at,
        "correction_cursor": max(row.correction_cursor, news.cursor),
        "answered": news.answered,
        "register_enc": _sealed(crypto, row, news),
    }
    await connection.execute(_WRITE, parameters)
    return "moved" if rank > row.status_rank else "noted"


def _sealed(crypto: Crypto, row: Row[Any], news: News) -> bytes | None:
    """All that is known beside the status; nothing of a record that was erased."""
    is_late = news.cursor and news.cursor <= row.correction_cursor
    if row.erased or is_late or not news.facts:
        kept: bytes | None = row.register_enc
        return kept
    known = told(crypto, row.id, row.register_enc)
    return crypto.seal_json("pre_declaration", "register", row.id, {**known, **news.facts})


def told(crypto: Crypto, record_id: UUID, token: bytes | None) -> dict[str, Any]:
    """What the register told beside the status, as far as it is kept. Never log it."""
    if token is None:
        return {}
    found: dict[str, Any] = crypto.open_json("pre_declaration", "register", record_id, token)
    return found
