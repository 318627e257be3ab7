"""Receipts in any order: a message only ever moves forward, and none is lost by being early."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest
from sqlalchemy import text

from actions.handle_message import MessageHandler
from integrations.database import outbox
from integrations.database.engine import Database
from integrations.database.receipts import DeliveryStatus, apply_receipt
from tests.support.counting import NOW, message, new_phone

pytestmark = pytest.mark.database
ORDERS: list[tuple[DeliveryStatus, ...]] = list(
    itertools.permutations(("queued", "sent", "delivered", "read"))
)


async def sending(db: Database, turns: MessageHandler) -> UUID:
    await turns.receive(message("salam", new_phone()))
    (row,) = await outbox.claim(db, 1, NOW)
    return row.id


async def state(db: Database, row_id: UUID) -> str:
    async with db.engine.connect() as connection:
        found = await connection.execute(
            text("select state from outbox where id = :id"), {"id": row_id}
        )
        return str(found.scalar_one())


async def receipt(
    db: Database, provider_id: str, status: DeliveryStatus, code: str | None = None
) -> bool:
    return await apply_receipt(db, "twilio", provider_id, status, code, NOW)


async def test_any_order_ends_delivered_and_never_moves_back(
    db: Database, turns: MessageHandler
) -> None:
    for number, order in enumerate(ORDERS):
        row_id, best = await sending(db, turns), 0
        await outbox.mark_sent(db, row_id, f"P{number}", 1, NOW)
        for status in order:
            rank = ("queued", "sent", "delivered", "read").index(status) + 1
            assert await receipt(db, f"P{number}", status) is (rank > best)
            best = max(best, rank)
        assert not await receipt(db, f"P{number}", "read")
        assert await state(db, row_id) == "delivered"


@pytest.mark.parametrize(
    ("order", "ends"),
    [
        (("sent", "failed"), "failed"),
        (("failed", "sent"), "failed"),
        (("failed", "delivered"), "failed"),
        (("delivered", "failed"), "delivered"),
        (("read", "failed"), "delivered"),
    ],
)
async def test_failed_is_final_unless_delivered(
    db: Database, turns: MessageHandler, order: tuple[DeliveryStatus, ...], ends: str
) -> None:
    row_id = await sending(db, turns)
    await outbox.mark_sent(db, row_id, "P1", 1, NOW)
    for status in order:
        await receipt(db, "P1", status, "30003" if status == "failed" else None)
    assert await state(db, row_id) == ends


@pytest.mark.parametrize("early", [("sent", "delivered"), ("delivered", "sent")])
async def test_a_receipt_that_comes_before_its_message_is_stored_is_applied_then(
    db: Database, turns: MessageHandler, early: tuple[DeliveryStatus, ...]
) -> None:
    row_id = await sending(db, turns)
    for status in early:
        assert not await receipt(db, "P1", status)
    await outbox.mark_sent(db, row_id, "P1", 1, NOW)
    assert await state(db, row_id) == "delivered"


async def test_a_receipt_of_another_providers_message_moves_nothing(
    db: Database, turns: MessageHandler
) -> None:
    row_id = await sending(db, turns)
    await outbox.mark_sent(db, row_id, "P1", 1, NOW)
    assert not await apply_receipt(db, "aggregator", "P1", "delivered", None, NOW)
    assert await state(db, row_id) == "sent"
