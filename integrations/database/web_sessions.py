"""Sessions of the web chat: found by their token's blind index, hidden when idle, ended for good.

A session's conversation has the address `web:<session id>`; it begins with the first message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from integrations.database.engine import Database
from integrations.database.turns import address_index
from integrations.platform.ids import new_id

PROVIDER = "web"
"""Channel and provider alike; replies are shown by the channel itself."""

_OPEN = text("""
insert into web_session (id, token_index, language, created_at, last_active_at)
values (:id, :token_index, :language, :now, :now)
""")

_FIND = text("""
select id, language, last_active_at, shown_after, said_after from web_session
where token_index = :token_index and ended_at is null
""")

_TOUCH = text("""
update web_session set last_active_at = greatest(last_active_at, :now),
    language = coalesce(:language, language)
where id = :id and ended_at is null
""")

_HIDE = text("""
update web_session s set shown_after = c.last_outbound_seq, said_after = c.last_inbound_seq
from conversation c
where s.id = :id and c.channel = :channel and c.address_index = :address_index
""")

_END = text("update web_session set ended_at = :now where id = :id and ended_at is null")

_LOOK = text("""
select w.id, s.id is null or s.ended_at is not null as is_ended, s.last_active_at,
    coalesce(c.last_outbound_seq, 0) as told, coalesce(c.last_inbound_seq, 0) as said,
    exists (select from inbox i where i.conversation_id = c.id and i.processed_at is null)
        as is_waiting
from unnest(cast(:ids as uuid[]), cast(:indexes as bytea[])) as w (id, address_index)
left join web_session s on s.id = w.id
left join conversation c on c.channel = :channel and c.address_index = w.address_index
""")


@dataclass(frozen=True, slots=True)
class WebSession:
    """A session that has not ended. What came before its two numbers is never shown again."""

    id: UUID
    language: str
    last_active_at: datetime
    shown_after: int = 0
    said_after: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an open session and its conversation stand: the last numbers `told` and `said`."""

    is_ended: bool
    last_active_at: datetime | None
    told: int
    said: int
    is_waiting: bool


def address_of(session_id: UUID) -> str:
    """The conversation's address."""
    return f"web:{session_id}"


def conversation_index(db: Database, session_id: UUID) -> bytes:
    """What the session's conversation is found by."""
    return address_index(db.crypto, PROVIDER, address_of(session_id))


async def open_session(db: Database, token: str, language: str, now: datetime) -> WebSession:
    """A new session under this token. Never log the token."""
    session = WebSession(new_id(), language, now)
    parameters = {
        "id": session.id,
        "token_index": _index(db, token),
        "language": language,
        "now": now,
    }
    async with db.engine.begin() as connection:
        await connection.execute(_OPEN, parameters)
    return session


async def find(db: Database, token: str) -> WebSession | None:
    """The session of a token; None when there is none or it has ended."""
    async with db.engine.connect() as connection:
        found = await connection.execute(_FIND, {"token_index": _index(db, token)})
        row = found.first()
    return None if row is None else WebSession(*row)


async def touch(db: Database, session_id: UUID, now: datetime, language: str | None = None) -> None:
    """Someone is there; in this language, if one is given."""
    async with db.engine.begin() as connection:
        await connection.execute(_TOUCH, {"id": session_id, "now": now, "language": language})


async def hide_history(db: Database, session_id: UUID) -> None:
    """Never show again what was said and told until now."""
    parameters = {
        "id": session_id,
        "channel": PROVIDER,
        "address_index": conversation_index(db, session_id),
    }
    async with db.engine.begin() as connection:
        await connection.execute(_HIDE, parameters)


async def end(db: Database, session_id: UUID, now: datetime) -> None:
    """The session's token opens nothing from now on."""
    async with db.engine.begin() as connection:
        await connection.execute(_END, {"id": session_id, "now": now})


async def look(db: Database, session_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Where these sessions stand, in one query. One that was erased counts as ended."""
    ids = list(session_ids)
    parameters = {
        "ids": ids,
        "indexes": [conversation_index(db, each) for each in ids],
        "channel": PROVIDER,
    }
    async with db.engine.connect() as connection:
        rows = (await connection.execute(_LOOK, parameters)).all()
    return {row[0]: Standing(*row[1:]) for row in rows}


def _index(db: Database, token: str) -> bytes:
    return db.crypto.blind("web_session", token)
