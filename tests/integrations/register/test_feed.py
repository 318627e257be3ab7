"""What officers do reaches our records once, in whatever order and however often it is told."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from actions.jobs.register import Transmitting
from actions.jobs.register_feed import FEED, Feed
from actions.jobs.register_words import told_by
from bot.answers.result import Language
from bot.register import Event
from bot.wording import wording
from integrations.database import pre_declarations, register_feed
from integrations.database.engine import Database
from integrations.database.register_news import RANKS, told
from integrations.platform.clock import SystemClock
from integrations.platform.ids import new_id
from integrations.register.rest import RestRegister
from integrations.register.transport import Account, Transport
from tests.support.records import NOW, Declared, declare, until_all_is_done
from tests.support.sandbox import CLIENT, SECRET, Sandbox

pytestmark = pytest.mark.database
_cursors = itertools.count(10_000)


@pytest.fixture
async def register(sandbox: Sandbox) -> AsyncIterator[RestRegister]:
    made = RestRegister(Transport(sandbox.base, Account(CLIENT, SECRET)))
    yield made
    await made.close()


@pytest.fixture
def feed(db: Database, register: RestRegister) -> Feed:
    return Feed(db, SystemClock(), register)


async def transmitted(
    db: Database, database_url: str, register: RestRegister, **values: Any
) -> Declared:
    """A record that the register has."""
    declared = await declare(db, **values)
    await until_all_is_done(database_url, Transmitting(db, SystemClock(), register))
    return declared


async def facts(declared: Declared) -> dict[str, Any]:
    """What we keep of the register's words."""
    row = await declared.row()
    return told(declared.db.crypto, row.id, row.register_enc)


async def status(declared: Declared) -> str | None:
    """What the citizen is told."""
    async with declared.db.engine.connect() as connection:
        view = await pre_declarations.status(
            connection,
            declared.db.crypto,
            declared.reference,
            "3456",
            declared.conversation_id,
            NOW,
        )
    return None if view is None else view.status


async def test_the_citizen_is_told_what_officers_did(
    db: Database, database_url: str, sandbox: Sandbox, register: RestRegister, feed: Feed
) -> None:
    declared = await declare(db)
    assert await status(declared) == "received"
    await until_all_is_done(database_url, Transmitting(db, SystemClock(), register))
    await feed.run()
    assert await status(declared) == "transmitted"
    sandbox.officer(declared.reference, "open")
    await feed.run()
    assert await status(declared) == "opened"
    assert (await declared.row()).opened_at is not None
    sandbox.officer(declared.reference, "correction", steps=["birth_date"], reason="Illisible")
    await feed.run()
    assert await status(declared) == "correction_asked"
    assert (await facts(declared))["steps"] == ["birth_date"]
    assert (await facts(declared))["reason"] == "Illisible"
    await declared.complete(birth_date="2025-10-13")
    await until_all_is_done(database_url, Transmitting(db, SystemClock(), register))
    await feed.run()
    assert await status(declared) == "corrected"
    sandbox.officer(declared.reference, "register")
    await feed.run()
    assert await status(declared) == "registered"
    assert (await facts(declared))["act"]["number"] > 0


async def test_a_rejection_is_told_with_its_reason_kept(
    db: Database, database_url: str, sandbox: Sandbox, register: RestRegister, feed: Feed
) -> None:
    declared = await transmitted(db, database_url, register)
    sandbox.officer(declared.reference, "open")
    sandbox.officer(declared.reference, "reject", reason="Déjà inscrit")
    await feed.run()
    assert await status(declared) == "rejected"
    assert (await facts(declared))["reason"] == "Déjà inscrit"


async def test_a_feed_told_twice_and_out_of_order_ends_the_same(
    db: Database, database_url: str, sandbox: Sandbox, register: RestRegister, feed: Feed
) -> None:
    records = [await transmitted(db, database_url, register) for _ in range(6)]
    for declared in records:
        sandbox.officer(declared.reference, "open")
    for declared in records[:3]:
        sandbox.officer(declared.reference, "register")
    sandbox.faults(duplicate_events=0.6, shuffle_events=1.0, seed=11)
    await feed.run()
    assert [await status(each) for each in records] == ["registered"] * 3 + ["opened"] * 3
    sandbox.faults()
    async with db.engine.begin() as connection:
        await connection.execute(text("delete from register_cursor"))
    assert await feed.run() == 0
    assert await events_of(db, sandbox) == len(sandbox.events()["events"])


async def events_of(db: Database, sandbox: Sandbox) -> int:
    """How many of the register's events we have."""
    ids = [UUID(event["id"]) for event in sandbox.events()["events"]]
    async with db.engine.connect() as connection:
        found = await connection.scalar(
            text("select count(*) from register_event where id = any(:ids)"), {"ids": ids}
        )
    return int(found or 0)


def event(declared_id: UUID, kind: str, cursor: int | None = None, **data: Any) -> Event:
    """An event as a register might tell it."""
    at = datetime.now(UTC)
    number = next(_cursors) if cursor is None else cursor
    return Event(new_id(), number, f"pre_declaration.{kind}", declared_id, "", at, data)


async def tell(db: Database, *events: Event) -> list[str]:
    """Take them in; the outcomes."""
    taken = await register_feed.take(db, "test", [told_by(each) for each in events], 1, NOW)
    return [taken[str(each.id)] for each in events]


async def test_every_order_of_the_same_events_ends_the_same(db: Database) -> None:
    for order in itertools.permutations(("received", "opened", "correction_asked", "registered")):
        declared = await declare(db)
        transaction_id = (await declared.row()).transaction_id
        for kind in order:
            await tell(db, event(transaction_id, kind))
        row = await declared.row()
        assert (row.status, row.status_rank) == ("registered", RANKS["registered"]), order
        assert row.opened_at is not None


async def test_the_first_end_is_the_end(db: Database) -> None:
    declared = await declare(db)
    transaction_id = (await declared.row()).transaction_id
    outcomes = await tell(db, event(transaction_id, "rejected"), event(transaction_id, "expired"))
    assert outcomes == ["moved", "noted"]
    assert (await declared.row()).status == "rejected"


async def test_what_is_new_to_us_reads_being_handled_and_takes_nothing_back(db: Database) -> None:
    declared = await declare(db)
    transaction_id = (await declared.row()).transaction_id
    assert await tell(db, event(transaction_id, "sent_to_the_court")) == ["handled"]
    assert await status(declared) == "handled"
    await tell(db, event(transaction_id, "correction_asked", steps=["a"], reason="b"))
    await tell(db, event(transaction_id, "sent_to_the_court"))
    assert await status(declared) == "correction_asked"


async def test_the_later_word_on_a_correction_counts_whatever_comes_first(db: Database) -> None:
    declared = await declare(db)
    transaction_id = (await declared.row()).transaction_id
    asked = event(transaction_id, "correction_asked", 20, steps=["birth_date"], reason="first")
    answered = event(transaction_id, "corrected", 21)
    asked_again = event(transaction_id, "correction_asked", 22, steps=["child_sex"], reason="two")
    await tell(db, asked_again)
    await tell(db, answered)
    await tell(db, asked)
    assert await status(declared) == "correction_asked"
    assert (await facts(declared))["steps"] == ["child_sex"]
    await tell(db, event(transaction_id, "corrected", 23))
    assert await status(declared) == "corrected"


async def test_events_of_others_are_noted_and_change_nothing(db: Database) -> None:
    other = Event(new_id(), 1, "copy_order.paid", new_id(), "", datetime.now(UTC), {})
    assert await tell(db, event(new_id(), "opened"), other) == ["foreign", "foreign"]


async def test_an_erased_record_keeps_its_status_and_no_words(db: Database) -> None:
    declared = await declare(db)
    row = await declared.row()
    async with db.engine.begin() as connection:
        await connection.execute(
            text("update pre_declaration set body_enc = null where id = :id"), {"id": row.id}
        )
    await tell(db, event(row.transaction_id, "rejected", reason="Déjà inscrit"))
    row = await declared.row()
    assert (row.status, row.register_enc) == ("rejected", None)


async def test_a_piece_of_the_feed_is_taken_whole_or_not_at_all(
    db: Database, database_url: str, sandbox: Sandbox, register: RestRegister, feed: Feed
) -> None:
    declared = await transmitted(db, database_url, register)
    await feed.run()
    before = await register_feed.cursor(db, FEED)
    sandbox.officer(declared.reference, "open")
    broken = [told_by(each) for each in (await register.events(before, 10)).events]
    assert broken
    with pytest.raises(DBAPIError):
        await register_feed.take(db, FEED, broken, 10**30, NOW)
    assert await status(declared) == "transmitted"
    assert await register_feed.cursor(db, FEED) == before
    assert await feed.run() == 1
    assert await status(declared) == "opened"


async def test_a_cursor_never_goes_back(db: Database) -> None:
    await register_feed.take(db, "another", [], 7, NOW)
    await register_feed.take(db, "another", [], 3, NOW)
    assert await register_feed.cursor(db, "another") == 7


async def test_a_webhook_counts_once(db: Database) -> None:
    assert await register_feed.is_new_hook(db, "t=1,v1=a", NOW)
    assert not await register_feed.is_new_hook(db, "t=1,v1=a", NOW)
    assert await register_feed.is_new_hook(db, "t=1,v1=b", NOW)
    later = NOW + timedelta(hours=1)
    assert await register_feed.is_new_hook(db, "t=2,v1=c", later)
    async with db.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from register_hook")) == 1


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_every_status_has_its_words(language: Language) -> None:
    told_statuses = {*RANKS, "received", "corrected", "withdrawing"} - {"submitted"}
    words = {wording(f"status.{word}", language, "web") for word in told_statuses}
    assert len(words) == len(told_statuses)
