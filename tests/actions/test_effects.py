"""Every effect of a turn: written with its turn, once, and with what it protects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args
from uuid import uuid4

import pytest
from sqlalchemy import text

from actions.effects import effect_key
from bot.dialogue import effects
from integrations.database import outbox, pre_declarations, transmissions
from integrations.database.engine import Database
from integrations.platform.settings import Settings
from tests.support.counting import NOW, handler, message, new_phone

database = pytest.mark.database

ONE_OF_EACH: dict[type, effects.Effect] = {
    type(effect): effect
    for effect in (
        effects.RecordConsent("declare", "1", True),
        effects.SubmitDeclaration("100000000009", "declare_birth", "d1", {}, (), None),
        effects.CompleteDeclaration("100000000009", "d1", {}, ()),
        effects.WithdrawDeclaration("100000000009"),
        effects.KeepReceipt("100000000009", "d1", "token"),
        effects.OpenTicket("600000000009", "asked", "fr", "+212600000000"),
        effects.SetOptOut(True),
        effects.EraseSender(),
        effects.KeepResumeCode("d1", "30000004", NOW),
        effects.EndResumeCode("d1"),
        effects.CountWrongCode(),
        effects.PointToDraft("d1"),
        effects.HoldDraft("d1"),
    )
}


def test_every_kind_of_effect_has_a_key() -> None:
    kinds = set(get_args(effects.Effect))
    assert kinds == set(ONE_OF_EACH)
    keys = [effect_key(effect, uuid4()) for effect in ONE_OF_EACH.values()]
    assert len({kind for kind, _ in keys}) == len(kinds)
    assert all(key for _, key in keys)


def test_keys_differ_between_messages_and_agree_within_one() -> None:
    here, elsewhere = uuid4(), uuid4()
    for kind, effect in ONE_OF_EACH.items():
        assert effect_key(effect, here) == effect_key(effect, here)
        once_per_draft = kind in (effects.SubmitDeclaration, effects.KeepReceipt)
        assert (effect_key(effect, here) == effect_key(effect, elsewhere)) is once_per_draft


async def one(db: Database, statement: str, **parameters: object) -> Any:
    async with db.engine.connect() as connection:
        return (await connection.execute(text(statement), parameters)).one()


@database
async def test_a_submission_is_written_with_its_job_and_its_draft(
    db: Database, settings: Settings
) -> None:
    turn = await handler(db, settings).receive(message("submit زهرة", new_phone()))
    record = await one(
        db,
        "select p.*, d.status as draft_status from pre_declaration p join draft d"
        " on d.id = p.draft_id where p.conversation_id = :id",
        id=turn.conversation_id,
    )
    job = await one(
        db,
        "select * from procrastinate_jobs where args->>'pre_declaration_id' = :id",
        id=str(record.id),
    )
    assert (record.kind, record.missing, record.status) == (
        "declare_birth",
        ["father_cnie"],
        "submitted",
    )
    assert record.draft_status == "submitted"
    assert (job.task_name, job.queue_name) == (pre_declarations.JOB, pre_declarations.QUEUE)
    assert job.args == {"pre_declaration_id": str(record.id)}
    read = await transmissions.find(db, record.id)
    assert read is not None
    assert read.content is not None
    assert read.content.values["declarant_cnie"]["number"] == "ZZ987654"


@database
async def test_the_same_draft_is_submitted_once(db: Database, settings: Settings) -> None:
    turns, phone = handler(db, settings), new_phone()
    first = await turns.receive(message("submit a", phone))
    await turns.receive(message("submit b", phone))
    found = await one(
        db,
        "select count(*) from pre_declaration where conversation_id=:id",
        id=first.conversation_id,
    )
    assert found.count == 1


@database
async def test_completing_replaces_the_values_and_transmits_again(
    db: Database, settings: Settings
) -> None:
    turns, phone = handler(db, settings), new_phone()
    await turns.receive(message("submit a", phone))
    turn = await turns.receive(message("complete", phone))
    record = await one(
        db, "select * from pre_declaration where conversation_id=:id", id=turn.conversation_id
    )
    found = await transmissions.find(db, record.id)
    assert found is not None
    assert found.content is not None
    read = found.content
    assert (read.version, read.missing, read.values["birth_time"]) == (2, (), "10:30")
    jobs = await one(
        db,
        "select count(*) from procrastinate_jobs where args->>'pre_declaration_id' = :id",
        id=str(record.id),
    )
    assert jobs.count == 2


STATUS_CASES = [
    ("submit", "7654", False, 0, "received"),
    ("submit", "7654", True, 0, "received"),
    ("submit", "1111", False, 0, "nothing"),
    ("submit", "", False, 0, "received"),
    ("submit", "", False, 25, "nothing"),
    ("submit", "", True, 0, "nothing"),
    ("sensitive", "", False, 0, "nothing"),
    ("sensitive", "7654", False, 0, "received"),
]


@database
@pytest.mark.parametrize(("word", "factor", "other_phone", "hours", "expected"), STATUS_CASES)
async def test_a_status_needs_a_second_factor(
    db: Database,
    settings: Settings,
    word: str,
    factor: str,
    other_phone: bool,
    hours: int,
    expected: str,
) -> None:
    turns, phone = handler(db, settings), new_phone()
    made = await turns.receive(message(f"{word} a", phone))
    record = await one(
        db,
        "select reference from pre_declaration where conversation_id=:id",
        id=made.conversation_id,
    )
    asker = new_phone() if other_phone else phone
    later = NOW + timedelta(hours=hours)
    turn = await turns.receive(
        message(f"status {record.reference}/{factor}", asker, received_at=later)
    )
    assert turn.replies[0].text.endswith(f":{expected}")


@database
async def test_consents_are_kept_in_order(db: Database, settings: Settings) -> None:
    turns, phone = handler(db, settings), new_phone()
    await turns.receive(message("consent yes", phone))
    turn = await turns.receive(message("consent no", phone))
    async with db.engine.connect() as connection:
        given = await connection.execute(
            text("select given from consent where conversation_id=:id order by id"),
            {"id": turn.conversation_id},
        )
    assert list(given.scalars()) == [True, False]


@database
async def test_a_ticket_keeps_its_phone_sealed(db: Database, settings: Settings) -> None:
    phone = new_phone()
    turn = await handler(db, settings).receive(message("call", phone))
    ticket = await one(
        db, "select * from ticket where conversation_id=:id", id=turn.conversation_id
    )
    assert ticket.reason == "asked"
    assert db.crypto.open("ticket", "phone", ticket.id, ticket.phone_enc).decode() == phone


@database
async def test_forgetting_erases_what_was_written_but_sends_the_last_word(
    db: Database, settings: Settings
) -> None:
    turns, phone = handler(db, settings), new_phone()
    await turns.receive(message("consent yes", phone))
    await turns.receive(message("draft زهرة", phone))
    turn = await turns.receive(message("forget", phone))
    left = await one(
        db,
        "select (select count(*) from inbox where conversation_id=:id and body_enc is not null)"
        " as received, (select count(*) from draft d join conversation c on c.address_index ="
        " d.owner_index where c.id=:id and body_enc is not null) as drafts, (select count(*) from"
        " consent where conversation_id=:id) as consents",
        id=turn.conversation_id,
    )
    assert tuple(left) == (0, 0, 1)
    sent = [
        row
        for row in await outbox.claim(db, 1000, NOW + timedelta(days=9999))
        if row.conversation_id == turn.conversation_id
    ]
    assert [row.text for row in sent] == [turn.replies[0].text]
    assert (await turns.receive(message("again", phone))).is_done
