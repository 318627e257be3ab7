"""Papers attached to a declaration: found through the sender's conversation, kept encrypted.

Order of locks, always: conversation, then draft, as a turn takes them. What was removed or erased
keeps its row, without content, name and index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from integrations.database.engine import Database
from integrations.database.pre_declarations import JOB, QUEUE
from integrations.database.turns import address_index
from integrations.platform.crypto import Crypto
from integrations.platform.ids import new_id

_WHOSE = "channel = :channel and address_index = :owner"
_LOCKS = (
    text(f"select from conversation where {_WHOSE} for update"),
    text(f"""select from draft where id = (
        select draft_id from conversation where {_WHOSE}) for update"""),  # noqa: S608
)

_DESK = text(f"""
select c.id, c.state_enc, c.draft_id, d.body_enc as draft_enc, p.status as record_status
from conversation c join draft d on d.id = c.draft_id
left join pre_declaration p on p.draft_id = d.id
where {_WHOSE}
""")  # noqa: S608

_PRESENT = text("""
select id, kind, media_type, bytes, name_enc, content_index from attachment
where draft_id = :draft_id and removed_at is null order by id
""")

_ADD = text("""
insert into attachment (id, draft_id, conversation_id, kind, media_type, bytes, content_enc,
    name_enc, content_index, created_at)
values (:id, :draft_id, :conversation_id, :kind, :media_type, :bytes, :content_enc,
    :name_enc, :content_index, :now)
""")

_REMOVE = text("""
update attachment set content_enc = null, name_enc = null, content_index = null, removed_at = :now
where id = :id and draft_id = :draft_id and removed_at is null returning id
""")

_TRANSMIT = text("""
select defer_job(:queue, :job, jsonb_build_object('pre_declaration_id', id))
from pre_declaration where draft_id = :draft_id
""")

_READ = text("""
select kind, media_type, name_enc, content_enc from attachment
where id = :id and draft_id = :draft_id and removed_at is null and content_enc is not null
""")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose papers they are, as the channel knows them. Never log `address`."""

    channel: str
    provider: str
    address: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A sender's conversation and what they declare in it; state and draft as they were stored.

    `record_status`: of the record that was sent; None while the declaration is not sent.
    """

    conversation_id: UUID
    draft_id: UUID
    state: Mapping[str, Any]
    draft: Mapping[str, Any]
    record_status: str | None


@dataclass(frozen=True, slots=True)
class Attached:
    """A paper that is there. Never log `name`."""

    id: UUID
    kind: str
    media_type: str
    size: int
    name: str
    content_index: bytes


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it is kept: sealed before a transaction begins, because that takes a while."""

    id: UUID
    kind: str
    media_type: str
    size: int
    content_enc: bytes
    name_enc: bytes
    content_index: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """A paper to look at. Never log it."""

    kind: str
    media_type: str
    name: str
    content: bytes


def sealed(
    crypto: Crypto, kind: str, name: str, media_type: str, content: bytes, original: str
) -> Paper:
    """The paper under the keys. `original`: a digest of the file as it came."""
    row_id = new_id()
    return Paper(
        id=row_id,
        kind=kind,
        media_type=media_type,
        size=len(content),
        content_enc=crypto.seal("attachment", "content", row_id, content),
        name_enc=crypto.seal("attachment", "name", row_id, name.encode()),
        content_index=crypto.blind("attachment", original),
    )


async def desk_of(
    connection: AsyncConnection, crypto: Crypto, sender: Sender, *, locked: bool
) -> Desk | None:
    """What the sender declares now; None when there is nothing, or it was erased."""
    owner = address_index(crypto, sender.provider, sender.address)
    whose = {"channel": sender.channel, "owner": owner}
    for lock in _LOCKS if locked else ():
        await connection.execute(lock, whose)
    row = (await connection.execute(_DESK, whose)).first()
    if row is None or row.draft_enc is None or row.state_enc is None:
        return None
    state = crypto.open_json("conversation", "state", row.id, row.state_enc)
    draft = crypto.open_json("draft", "body", row.draft_id, row.draft_enc)
    return Desk(row.id, row.draft_id, state, draft, row.record_status)


async def present(connection: AsyncConnection, crypto: Crypto, draft_id: UUID) -> list[Attached]:
    """What is attached to a declaration, oldest first."""
    rows = await connection.execute(_PRESENT, {"draft_id": draft_id})
    return [
        Attached(
            row.id,
            row.kind,
            row.media_type,
            row.bytes,
            crypto.open("attachment", "name", row.id, row.name_enc).decode(),
            row.content_index,
        )
        for row in rows
    ]


async def add(connection: AsyncConnection, desk: Desk, paper: Paper, now: datetime) -> None:
    """Keep a paper, and hand it over if the declaration was sent. The caller holds the locks and
    has seen that it is not there yet."""
    parameters = {
        "id": paper.id,
        "draft_id": desk.draft_id,
        "conversation_id": desk.conversation_id,
        "kind": paper.kind,
        "media_type": paper.media_type,
        "bytes": paper.size,
        "content_enc": paper.content_enc,
        "name_enc": paper.name_enc,
        "content_index": paper.content_index,
        "now": now,
    }
    await connection.execute(_ADD, parameters)
    await connection.execute(_TRANSMIT, {"draft_id": desk.draft_id, "queue": QUEUE, "job": JOB})


async def remove(
    connection: AsyncConnection, draft_id: UUID, attachment_id: UUID, now: datetime
) -> bool:
    """Take a paper away; False when this declaration has none of that id."""
    parameters = {"id": attachment_id, "draft_id": draft_id, "now": now}
    if (await connection.execute(_REMOVE, parameters)).first() is None:
        return False
    await connection.execute(_TRANSMIT, {"draft_id": draft_id, "queue": QUEUE, "job": JOB})
    return True


async def read(db: Database, draft_id: UUID, attachment_id: UUID) -> Content | None:
    """A paper of a declaration, to look at; None when there is none, or it was erased."""
    parameters = {"id": attachment_id, "draft_id": draft_id}
    async with db.engine.connect() as connection:
        row = (await connection.execute(_READ, parameters)).first()
    if row is None:
        return None
    name = db.crypto.open("attachment", "name", attachment_id, row.name_enc).decode()
    content = db.crypto.open("attachment", "content", attachment_id, row.content_enc)
    return Content(row.kind, row.media_type, name, content)
