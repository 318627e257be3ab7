"""Which link leads to which submission: one for each, told to whoever declared, gone in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from integrations.database import receipt_links
from integrations.database.engine import Database
from integrations.database.receipt_links import Links
from integrations.database.retention import erase_expired
from integrations.platform.settings import Settings
from tests.support.counting import NOW, handler, message, new_phone

pytestmark = pytest.mark.database


async def submitted(db: Database, settings: Settings) -> tuple[UUID, Any]:
    """A conversation and the record that was sent from it."""
    turn = await handler(db, settings).receive(message("submit زهرة", new_phone()))
    statement = text("select * from pre_declaration where conversation_id = :id")
    async with db.engine.connect() as connection:
        row = (await connection.execute(statement, {"id": turn.conversation_id})).one()
    return turn.conversation_id, row


async def told(
    db: Database, settings: Settings, reference: str, conversation_id: UUID
) -> str | None:
    async with db.engine.connect() as connection:
        return await Links(db.crypto, settings).token(connection, reference, conversation_id, NOW)


async def test_a_submission_keeps_the_first_token_it_was_given(
    db: Database, settings: Settings
) -> None:
    here, record = await submitted(db, settings)
    first = await told(db, settings, record.reference, here)
    assert first is not None
    async with db.engine.begin() as connection:
        await receipt_links.keep(connection, db.crypto, record.reference, "B" * 43, NOW)
    assert await told(db, settings, record.reference, here) == first
    links = Links(db.crypto, settings)
    found = await links.find(db, first, NOW)
    assert found is not None
    assert found.reference == record.reference
    assert await links.find(db, "B" * 43, NOW) is None


async def test_nobody_else_is_told_a_token(db: Database, settings: Settings) -> None:
    _, record = await submitted(db, settings)
    elsewhere, other = await submitted(db, settings)
    assert await told(db, settings, record.reference, elsewhere) is None
    assert await told(db, settings, other.reference, elsewhere) is not None


async def test_a_reference_that_does_not_exist_keeps_nothing(
    db: Database, settings: Settings
) -> None:
    async with db.engine.begin() as connection:
        await receipt_links.keep(connection, db.crypto, "100000000009", "C" * 43, NOW)
    assert await Links(db.crypto, settings).find(db, "C" * 43, NOW) is None


async def test_it_goes_with_its_last_day_before_the_record_does(
    db: Database, settings: Settings
) -> None:
    _, record = await submitted(db, settings)
    day = {"day": (NOW + timedelta(days=10)).date(), "id": record.id}
    async with db.engine.begin() as connection:
        await connection.execute(
            text("update pre_declaration set last_day = :day where id = :id"), day
        )
    counting = text("select count(*) from receipt where pre_declaration_id = :id")
    for days, left in ((17, 1), (18, 0)):
        await erase_expired(db, settings, NOW + timedelta(days=days))
        async with db.engine.connect() as connection:
            assert await connection.scalar(counting, {"id": record.id}) == left
    async with db.engine.connect() as connection:
        body = text("select body_enc from pre_declaration where id = :id")
        assert await connection.scalar(body, {"id": record.id}) is not None
