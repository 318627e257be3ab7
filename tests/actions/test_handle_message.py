"""The turn on the real database: what is answered, once, in order, and what failure leaves."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from actions.handle_message import FAILURE_LIMIT
from bot.dialogue.messages import Understood
from integrations.database import inbox
from integrations.database.engine import Database
from integrations.platform.settings import Settings
from tests.support.counting import NOW, handler, message, new_phone

pytestmark = pytest.mark.database


async def rows(db: Database, statement: str, **parameters: object) -> list[Any]:
    """What the database holds."""
    async with db.engine.connect() as connection:
        return list((await connection.execute(text(statement), parameters)).all())


async def said(db: Database, conversation_id: object) -> list[str]:
    """The replies of a conversation in order, as stored."""
    found = await rows(
        db,
        "select id, body_enc from outbox where conversation_id=:id order by seq",
        id=conversation_id,
    )
    return [db.crypto.open_json("outbox", "body", row.id, row.body_enc)["text"] for row in found]


async def test_a_message_is_answered_and_stored(db: Database, settings: Settings) -> None:
    rung: list[None] = []
    turns = handler(db, settings, wake=lambda: rung.append(None))
    phone = new_phone()
    first = await turns.receive(message("salam", phone))
    second = await turns.receive(message("wach", phone))
    assert [reply.text for reply in (*first.replies, *second.replies)] == [
        "1:salam:-",
        "2:wach:-",
    ]
    assert [reply.seq for reply in (*first.replies, *second.replies)] == [1, 2]
    assert await said(db, first.conversation_id) == ["1:salam:-", "2:wach:-"]
    assert len(rung) == 2
    assert first.is_done
    assert not first.repeat


@pytest.mark.parametrize("same", ["provider_id", "token"])
async def test_a_repeat_changes_nothing_and_gives_the_same_replies(
    db: Database, settings: Settings, same: str
) -> None:
    turns, phone = handler(db, settings), new_phone()
    sent = message("salam", phone, token=f"T{phone}")
    repeated = {
        "provider_id": replace(sent, idempotency_token=None),
        "token": replace(sent, provider_id=f"another-{phone}"),
    }
    first = await turns.receive(sent)
    again = await turns.receive(repeated[same])
    assert again.repeat
    assert again.replies == first.replies
    assert again.inbox_id == first.inbox_id
    assert await said(db, first.conversation_id) == ["1:salam:-"]


async def test_the_same_id_from_another_provider_is_another_message(
    db: Database, settings: Settings
) -> None:
    turns, phone = handler(db, settings), new_phone()
    await turns.receive(message("a", phone, provider_id="same"))
    other = await turns.receive(message("b", phone, provider_id="same", provider="aggregator"))
    assert not other.repeat
    assert other.replies[0].text == "2:b:-"


async def test_what_needs_understanding_gets_it(db: Database, settings: Settings) -> None:
    async def understand(asked: str) -> Understood:
        return Understood(f"intent_of_{asked}", "t", 0.9)

    turn = await handler(db, settings, understand).receive(message("read naissance", new_phone()))
    assert turn.replies[0].text == "1:read naissance:intent_of_naissance"


async def test_without_understanding_the_turn_goes_on(db: Database, settings: Settings) -> None:
    turn = await handler(db, settings).receive(message("read naissance", new_phone()))
    assert turn.replies[0].text == "1:read naissance:-"


async def test_no_connection_is_held_while_understanding_reads(
    db: Database, settings: Settings
) -> None:
    held: list[int] = []

    async def understand(asked: str) -> None:
        held.append(db.in_use)

    await handler(db, settings, understand).receive(message("read x", new_phone()))
    assert held == [0]


async def test_messages_wait_for_the_one_being_understood(db: Database, settings: Settings) -> None:
    reached, go = asyncio.Event(), asyncio.Event()

    async def slow(asked: str) -> None:
        reached.set()
        await go.wait()

    turns, phone = handler(db, settings, slow), new_phone()
    first = asyncio.create_task(turns.receive(message("read x", phone)))
    await reached.wait()
    second = asyncio.create_task(turns.receive(message("quick", phone)))
    await asyncio.sleep(0.05)
    other = await turns.receive(message("elsewhere", new_phone()))
    assert not second.done()
    go.set()
    assert (await first).replies[0].text == "1:read x:-"
    assert (await second).replies[0].text == "2:quick:-"
    assert other.replies[0].text == "1:elsewhere:-"


async def test_a_state_that_keeps_moving_is_decided_without_understanding(
    db: Database, settings: Settings
) -> None:
    phone = new_phone()
    start = await handler(db, settings).receive(message("start", phone))
    calls: list[str] = []

    async def meanwhile(asked: str) -> Understood:
        calls.append(asked)
        async with db.engine.begin() as connection:
            await connection.execute(
                text("update conversation set version = version + 1 where id = :id"),
                {"id": start.conversation_id},
            )
        return Understood("late", "late", 1.0)

    turn = await handler(db, settings, meanwhile).receive(message("read x", phone))
    assert turn.replies[0].text == "2:read x:-"
    assert len(calls) == 2


async def test_a_failing_message_is_kept_retried_and_then_apologised_for(
    db: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    turns, phone = handler(db, settings), new_phone()
    failed = await turns.receive(message("boom zohra", phone))
    assert not failed.is_done
    assert failed.conversation_id in await inbox.unprocessed(db, older_than=NOW.replace(hour=10))
    for _ in range(FAILURE_LIMIT - 2):
        assert await turns.drain(failed.conversation_id) == []
    apology, *none_after = await turns.drain(failed.conversation_id)
    assert apology.replies[0].text == "error.internal"
    assert none_after == []
    stored = await rows(
        db, "select processed_at, error_code from inbox where id = :id", id=failed.inbox_id
    )
    assert stored[0].processed_at is not None
    assert stored[0].error_code == "RuntimeError"
    assert "zohra" not in caplog.text
    assert (await turns.receive(message("after", phone))).replies[0].text == "1:after:-"


async def test_what_comes_after_a_failing_message_waits_for_it(
    db: Database, settings: Settings
) -> None:
    turns, phone = handler(db, settings), new_phone()
    failed = await turns.receive(message("boom", phone))
    after = await turns.receive(message("after", phone))
    assert not after.is_done
    while not await turns.drain(failed.conversation_id):
        pass
    assert await said(db, failed.conversation_id) == ["error.internal", "1:after:-"]


async def test_a_card_number_is_never_stored(db: Database, settings: Settings) -> None:
    turn = await handler(db, settings).receive(message("4111 1111 1111 1111", new_phone()))
    row = (await rows(db, "select body_enc from inbox where id = :id", id=turn.inbox_id))[0]
    body = db.crypto.open_json("inbox", "body", turn.inbox_id, row.body_enc)
    assert body["text"] == "****"


async def test_the_console_has_people_of_its_own(db: Database, settings: Settings) -> None:
    turns, phone = handler(db, settings), new_phone()
    real = await turns.receive(message("a", phone))
    console = await turns.receive(message("b", phone, provider="console", inline=True))
    assert console.conversation_id != real.conversation_id
    states = await rows(
        db, "select state from outbox where conversation_id = :id", id=console.conversation_id
    )
    assert [row.state for row in states] == ["sent"]


async def test_a_reference_that_is_taken_makes_the_turn_run_again(
    db: Database, settings: Settings
) -> None:
    drawn = iter(["612345678903", "612345678903", "698765432109"])
    turns = handler(db, settings, draw_reference=lambda kind: next(drawn))
    await turns.receive(message("call", new_phone()))
    second = await turns.receive(message("call", new_phone()))
    assert second.replies[0].text == "1:call:-"
    tickets = await rows(
        db, "select reference from ticket where conversation_id = :id", id=second.conversation_id
    )
    assert [row.reference for row in tickets] == ["698765432109"]
