"""Sessions of the web chat: who finds them, what hiding and ending do, when they go."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from integrations.database import web_sessions
from integrations.database.engine import Database
from integrations.database.retention import erase_expired
from integrations.database.transcripts import Said, Told, read_transcript
from integrations.database.web_sessions import PROVIDER, WebSession, address_of
from integrations.platform.clock import SetClock
from integrations.platform.settings import Settings
from tests.support.counting import handler, message

pytestmark = pytest.mark.database
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def opened(db: Database) -> tuple[WebSession, str]:
    token = secrets.token_urlsafe(32)
    return await web_sessions.open_session(db, token, "ar", NOW), token


async def test_a_session_is_found_by_its_token_until_it_ends(db: Database) -> None:
    session, token = await opened(db)
    assert await web_sessions.find(db, token) == session
    assert await web_sessions.find(db, token + "A") is None
    assert await web_sessions.find(db, str(session.id)) is None
    await web_sessions.end(db, session.id, NOW)
    assert await web_sessions.find(db, token) is None
    await web_sessions.touch(db, session.id, NOW + timedelta(hours=1))
    assert (await web_sessions.look(db, [session.id]))[session.id].is_ended


async def test_activity_never_goes_back(db: Database) -> None:
    session, token = await opened(db)
    later = NOW + timedelta(minutes=5)
    await web_sessions.touch(db, session.id, later, "fr")
    await web_sessions.touch(db, session.id, NOW)
    found = await web_sessions.find(db, token)
    assert found is not None
    assert (found.last_active_at, found.language) == (later, "fr")


async def test_one_look_tells_of_all_sessions(db: Database, settings: Settings) -> None:
    silent, speaking, nobody = (await opened(db))[0], (await opened(db))[0], uuid4()
    turns = handler(db, settings, clock=SetClock(NOW, ticking=False))
    said = message("twice", address_of(speaking.id), provider=PROVIDER, inline=True)
    turn = await turns.receive(said)
    assert [reply.seq for reply in turn.replies] == [1, 2]
    seen = await web_sessions.look(db, [silent.id, speaking.id, nobody])
    assert (seen[silent.id].told, seen[silent.id].is_ended) == (0, False)
    # The message above came by SMS: a conversation of the web is another one.
    assert seen[speaking.id].told == 0
    assert seen[nobody].is_ended


async def test_a_transcript_is_in_order_and_begins_where_it_is_asked(
    db: Database, settings: Settings
) -> None:
    session, _ = await opened(db)
    turns = handler(db, settings, clock=SetClock(NOW, ticking=False))
    for text in ("one", "twice", "read"):
        await turns.receive(message(text, address_of(session.id), provider=PROVIDER, inline=True))
    await turns.accept(message("read on", address_of(session.id), provider=PROVIDER, inline=True))
    index = web_sessions.conversation_index(db, session.id)

    async def texts(after: int, said_after: int = 0) -> list[str]:
        found = await read_transcript(db, "sms", index, after, said_after)
        assert found.last == 4
        return [entry.body["text"] for entry in found.entries]

    assert await texts(0) == [
        *("one", "1:one:-", "twice", "2:twice:-", "2:twice:-"),
        *("read", "3:read:-", "read on"),
    ]
    assert await texts(1) == ["twice", "2:twice:-", "2:twice:-", "read", "3:read:-", "read on"]
    assert await texts(4) == ["read on"]
    assert await texts(4, said_after=4) == []
    kinds = (await read_transcript(db, "sms", index, 3, 0)).entries
    assert [type(entry) for entry in kinds] == [Said, Told, Said]
    empty = await read_transcript(db, PROVIDER, index, 0, 0)
    assert (empty.entries, empty.last, empty.state) == ((), 0, None)


async def test_a_session_goes_after_its_draft(db: Database, settings: Settings) -> None:
    session, token = await opened(db)
    ended, _ = await opened(db)
    await web_sessions.end(db, ended.id, NOW)
    days = timedelta(days=settings.draft_days + 1)
    await erase_expired(db, settings, NOW + days - timedelta(hours=1))
    assert await web_sessions.find(db, token) == session
    counts = await erase_expired(db, settings, NOW + days)
    assert counts["web_sessions"] >= 2
    assert await web_sessions.find(db, token) is None
    assert (await web_sessions.look(db, [ended.id]))[ended.id].is_ended
