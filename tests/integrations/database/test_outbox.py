"""The sender's side of the outbox: order, refusals at the moment of sending, and every ending."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from actions.handle_message import MessageHandler
from integrations.database import outbox
from integrations.database.conversations import address
from integrations.database.engine import Database
from integrations.database.waiting import waiting
from tests.support.counting import NOW, message, new_phone

pytestmark = pytest.mark.database
LATER = NOW + timedelta(minutes=5)


async def change(db: Database, statement: str, **parameters: object) -> None:
    async with db.engine.begin() as connection:
        await connection.execute(text(statement), parameters)


async def state_of(db: Database, row_id: UUID) -> tuple[str, str | None]:
    async with db.engine.connect() as connection:
        row = (
            await connection.execute(
                text("select state, error_code from outbox where id = :id"), {"id": row_id}
            )
        ).one()
    return row.state, row.error_code


async def claimed(db: Database) -> list[outbox.OutboundRow]:
    return await outbox.claim(db, 50, NOW)


async def test_a_row_has_all_the_sender_needs(db: Database, turns: MessageHandler) -> None:
    phone = new_phone()
    turn = await turns.receive(message("salam", phone))
    (row,) = await claimed(db)
    assert (row.address, row.text, row.choices) == (phone, "1:salam:-", (("do:next", "fr"),))
    assert (row.channel, row.provider, row.kind, row.attempts) == ("sms", "twilio", "question", 1)
    found = await address(db, turn.conversation_id)
    assert found is not None
    assert found.address == phone
    assert await address(db, UUID(int=0)) is None


async def test_one_row_of_a_conversation_is_in_flight_at_a_time(
    db: Database, turns: MessageHandler
) -> None:
    for phone in (new_phone(), new_phone()):
        await turns.receive(message("twice", phone))
    first = await claimed(db)
    assert [row.seq for row in first] == [1, 1]
    assert await claimed(db) == []
    await outbox.mark_sent(db, first[0].id, "P1", 1, NOW)
    (second,) = await claimed(db)
    assert (second.conversation_id, second.seq) == (first[0].conversation_id, 2)


async def test_claimers_share_the_rows(db: Database, turns: MessageHandler) -> None:
    for _ in range(12):
        await turns.receive(message("twice", new_phone()))
    taken: list[outbox.OutboundRow] = []
    while batch := [
        row
        for rows in await asyncio.gather(*(outbox.claim(db, 3, NOW) for _ in range(4)))
        for row in rows
    ]:
        taken += batch
        for row in batch:
            await outbox.mark_sent(db, row.id, str(row.id), 1, NOW)
    assert len({row.id for row in taken}) == len(taken) == 24


async def test_a_row_composed_under_an_older_fence_is_dropped(
    db: Database, turns: MessageHandler
) -> None:
    turn = await turns.receive(message("salam", new_phone()))
    await change(db, "update conversation set fence = fence + 1")
    assert await claimed(db) == []
    assert await state_of(db, turn.replies[0].id) == ("dropped", "stale_fence")


@pytest.mark.parametrize(
    ("kind", "with_inbound", "same_channel", "leaves"),
    [
        ("notice", True, True, True),
        ("question", True, True, True),
        ("notice", False, True, False),
        ("question", False, True, False),
        ("notice", False, False, False),
        ("question", False, False, True),
    ],
)
async def test_after_stop_only_answers_leave(
    db: Database,
    turns: MessageHandler,
    kind: str,
    with_inbound: bool,
    same_channel: bool,
    leaves: bool,
) -> None:
    phone = new_phone()
    turn = await turns.receive(message("salam", phone))
    await change(
        db,
        "update outbox set kind = :kind, inbox_id = case when :inbound then inbox_id end",
        kind=kind,
        inbound=with_inbound,
    )
    stopped = message("stop", phone, inline=True)
    if not same_channel:
        stopped = replace(stopped, channel="whatsapp")
    await turns.receive(stopped)
    assert [row.id for row in await claimed(db)] == ([turn.replies[0].id] if leaves else [])


async def test_a_retry_waits_its_time_and_holds_up_what_follows(
    db: Database, turns: MessageHandler
) -> None:
    await turns.receive(message("twice", new_phone()))
    (row,) = await claimed(db)
    await outbox.mark_retry(db, row.id, LATER, "20429")
    assert await outbox.claim(db, 50, NOW) == []
    (again,) = await outbox.claim(db, 50, LATER)
    assert (again.id, again.attempts) == (row.id, 2)


@pytest.mark.parametrize("ending", [outbox.mark_failed, outbox.mark_uncertain])
async def test_an_ending_lets_the_next_row_go(
    db: Database, turns: MessageHandler, ending: object
) -> None:
    await turns.receive(message("twice", new_phone()))
    (row,) = await claimed(db)
    assert callable(ending)
    await ending(db, row.id, "30003")
    assert (await state_of(db, row.id))[1] == "30003"
    assert [each.seq for each in await claimed(db)] == [2]


async def test_endings_come_only_to_rows_in_flight(db: Database, turns: MessageHandler) -> None:
    turn = await turns.receive(message("salam", new_phone()))
    row_id = turn.replies[0].id
    await outbox.mark_failed(db, row_id, "x")
    assert await state_of(db, row_id) == ("pending", None)
    await claimed(db)
    await outbox.mark_sent(db, row_id, "P1", 1, NOW)
    await outbox.mark_retry(db, row_id, NOW, "late")
    assert await state_of(db, row_id) == ("sent", None)


async def test_a_stuck_row_goes_to_one_caller_and_may_still_be_sent(
    db: Database, turns: MessageHandler
) -> None:
    await turns.receive(message("salam", new_phone()))
    (row,) = await claimed(db)
    assert await outbox.stuck_sending(db, NOW, LATER) == []
    later = NOW + timedelta(seconds=1)
    both = await asyncio.gather(*(outbox.stuck_sending(db, later, LATER) for _ in range(2)))
    assert [each.id for rows in both for each in rows] == [row.id]
    await outbox.mark_retry(db, row.id, LATER, "absent")
    await outbox.mark_sent(db, row.id, "P1", 1, LATER)  # the slow sender reports after all
    assert await outbox.claim(db, 50, LATER) == []


@pytest.mark.parametrize(
    ("settled", "state"),
    [("sent", "sent"), ("retry", "dropped"), ("failed", "failed"), ("uncertain", "uncertain")],
)
async def test_a_row_being_sent_keeps_its_text_until_its_fate_is_known(
    db: Database, turns: MessageHandler, settled: str, state: str
) -> None:
    phone = new_phone()
    await turns.receive(message("salam", phone))
    (row,) = await claimed(db)
    await turns.receive(message("forget", phone))
    later = NOW + timedelta(seconds=1)
    assert [each.text for each in await outbox.stuck_sending(db, later, LATER)] == [row.text]
    if settled == "sent":
        await outbox.mark_sent(db, row.id, "P1", 1, LATER)
    elif settled == "retry":
        await outbox.mark_retry(db, row.id, LATER, "x")
    else:
        mark = {"failed": outbox.mark_failed, "uncertain": outbox.mark_uncertain}[settled]
        await mark(db, row.id, "x")
    assert (await state_of(db, row.id))[0] == state
    async with db.engine.connect() as connection:
        kept = await connection.execute(
            text("select body_enc is null from outbox where id = :id"), {"id": row.id}
        )
        assert kept.scalar_one()
    assert [each.text for each in await outbox.claim(db, 50, LATER)] == ["2:forget:-"]


async def test_the_console_and_pages_are_never_picked_up(
    db: Database, turns: MessageHandler
) -> None:
    await turns.receive(message("salam", new_phone(), provider="console", inline=True))
    assert await claimed(db) == []
    assert (await waiting(db)).replies == 0
