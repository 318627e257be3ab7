"""What was said in a conversation and what was answered, in order, for a channel that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from integrations.database.engine import Database

LONGEST = 100
"""Entries one reading gives at most: the last ones."""

_CONVERSATION = text("""
select c.id, c.last_outbound_seq, c.state_enc, d.id as draft_id, d.body_enc as draft_enc
from conversation c left join draft d on d.id = c.draft_id
where c.channel = :channel and c.address_index = :address_index
""")

# A message belongs to what follows `after` when its answer does, or when it has none yet.
_ENTRIES = text("""
with answered as (
    select coalesce(max(i.seq), 0) as seq from outbox o join inbox i on i.id = o.inbox_id
    where o.conversation_id = :id and o.seq <= :after
), told as (
    select o.id, o.seq, i.seq as said_seq, i.provider_id, o.kind, o.body_enc, o.created_at as at
    from outbox o left join inbox i on i.id = o.inbox_id
    where o.conversation_id = :id and o.seq > :after and o.body_enc is not null
        and o.state <> 'dropped'
    order by o.seq desc limit :longest
), said as (
    select i.id, null::int as seq, i.seq as said_seq, i.provider_id, null as kind, i.body_enc,
        i.received_at as at
    from inbox i, answered where i.conversation_id = :id and i.body_enc is not null
        and i.seq > greatest(answered.seq, :said_after)
    order by i.seq desc limit :longest
)
select * from told union all select * from said
""")


@dataclass(frozen=True, slots=True)
class Said:
    """What the citizen sent. Never log it."""

    provider_id: str
    seq: int
    body: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A message of ours; `answers` is the provider's id and the number of what it answers."""

    seq: int
    kind: str
    body: Mapping[str, Any]
    at: datetime
    answers: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A part of a conversation, and where it stands. `state` None: it has not begun."""

    entries: Sequence[Said | Told] = ()
    last: int = 0
    state: Mapping[str, Any] | None = None
    draft: Mapping[str, Any] | None = None


async def read_transcript(
    db: Database, channel: str, address_index: bytes, after: int, said_after: int
) -> Transcript:
    """What follows the reply numbered `after`, at most `LONGEST` entries; nothing that was said
    up to number `said_after`."""
    async with db.engine.connect() as connection:
        key = {"channel": channel, "address_index": address_index}
        found = (await connection.execute(_CONVERSATION, key)).first()
        if found is None:
            return Transcript()
        parameters = {
            "id": found.id,
            "after": after,
            "said_after": said_after,
            "longest": LONGEST,
        }
        rows = (await connection.execute(_ENTRIES, parameters)).all()
    entries = _in_order(db, rows)[-LONGEST:]
    last = max([found.last_outbound_seq, *(row.seq for row in rows if row.seq is not None)])
    crypto = db.crypto
    state = found.state_enc and crypto.open_json("conversation", "state", found.id, found.state_enc)
    draft = found.draft_enc and crypto.open_json("draft", "body", found.draft_id, found.draft_enc)
    return Transcript(entries, last, state, draft)


def _in_order(db: Database, rows: Sequence[Row[Any]]) -> list[Said | Told]:
    """Each message before the first answer to it or to a later one; the unanswered last."""
    said = sorted((_said(db, row) for row in rows if row.seq is None), key=lambda each: each.seq)
    answers = sorted((_told(db, row) for row in rows if row.seq is not None), key=lambda t: t.seq)
    ordered: list[Said | Told] = []
    for told in answers:
        while said and told.answers is not None and said[0].seq <= told.answers[1]:
            ordered.append(said.pop(0))
        ordered.append(told)
    return ordered + said


def _said(db: Database, row: Row[Any]) -> Said:
    body = db.crypto.open_json("inbox", "body", row.id, row.body_enc)
    return Said(row.provider_id, row.said_seq, body, row.at)


def _told(db: Database, row: Row[Any]) -> Told:
    body = db.crypto.open_json("outbox", "body", row.id, row.body_enc)
    answers = None if row.provider_id is None else (row.provider_id, row.said_seq)
    return Told(row.seq, row.kind, body, row.at, answers)
