"""What must not be found in the database's files, and what must be gone in time."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from actions.handle_message import MessageHandler
from actions.privacy import erase, export_sender
from integrations.database import attachments, outbox
from integrations.database.engine import Database
from integrations.database.register_news import News, learn
from integrations.database.retention import RULES, erase_expired
from integrations.database.rotation import reencrypt, sealed_columns
from integrations.database.startup import keys_for
from integrations.database.tables import metadata
from integrations.local.services import Endpoints
from integrations.platform.clock import SetClock
from integrations.platform.crypto import Crypto, key_version
from integrations.platform.keys import Keys, KeysError
from integrations.platform.settings import Settings
from tests.support.counting import NOW, message, new_phone
from tests.support.services import settings_for

pytestmark = pytest.mark.database
CANARY = "زهرة-Canari-7f3a"
PHONE = "+212655443322"


async def fill(turns: MessageHandler, phone: str) -> None:
    """Everything a person can leave behind."""
    for words in ("draft", "consent", "submit", "call", "notice"):
        await turns.receive(message(f"{words} {CANARY}", phone))
    await attach(turns._db, phone)
    await hear(turns._db)
    await turns.receive(message(f"boom {CANARY}", phone))


async def attach(db: Database, phone: str) -> None:
    """A paper, named and filled with what must not be found."""
    content = CANARY.encode() * 100
    async with db.engine.begin() as connection:
        sender = attachments.Sender("sms", "twilio", phone)
        desk = await attachments.desk_of(connection, db.crypto, sender, locked=True)
        assert desk is not None
        paper = attachments.sealed(db.crypto, "identity", CANARY, "image/jpeg", content, "digest")
        await attachments.add(connection, desk, paper, NOW)


async def hear(db: Database) -> None:
    """An officer's words about every record, with what must not be found."""
    async with db.engine.begin() as connection:
        for found in await connection.execute(text("select transaction_id from pre_declaration")):
            await learn(
                connection, db.crypto, found[0], News("correction_asked", {"reason": CANARY})
            )


async def scalar(db: Database, statement: str) -> int:
    async with db.engine.connect() as connection:
        return int((await connection.execute(text(statement))).scalar_one())


async def readable_cells(db: Database) -> dict[str, int]:
    """How many cells of each sealed column still hold something."""
    async with db.engine.connect() as connection:
        return {
            f"{table.name}.{column.name}": (
                await connection.execute(select(func.count(column)).select_from(table))
            ).scalar_one()
            for table, column in sealed_columns()
        }


def files_of(folder: Path) -> list[bytes]:
    """What PostgreSQL wrote, and the services' log."""
    paths = (*folder.rglob("*"), folder.parent / "logs" / "services.log")
    return [path.read_bytes() for path in paths if path.is_file() and not path.is_symlink()]


async def test_nothing_readable_reaches_the_files_or_the_logs(
    db: Database,
    turns: MessageHandler,
    services: Endpoints,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    await fill(turns, PHONE)
    async with db.engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("checkpoint"))
        folder = Path((await autocommit.execute(text("show data_directory"))).scalar_one())
    needles = [CANARY.encode(), b"Canari", PHONE[4:].encode(), b"ZZ987654"]
    files = files_of(folder)
    assert len(files) > 100
    assert not [needle for needle in needles for content in files if needle in content]
    written = caplog.text + "".join(capfd.readouterr())
    assert "turn failed" in caplog.text
    assert not [needle for needle in needles if needle.decode() in written]


def test_every_column_for_bytes_is_sealed_or_an_index() -> None:
    sealed = {(table.name, column.name) for table, column in sealed_columns()}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.type.python_type is bytes:
                assert (table.name, column.name) in sealed or column.name.endswith("_index")


async def test_everything_is_erased_in_its_time(
    db: Database, turns: MessageHandler, settings: Settings
) -> None:
    await fill(turns, new_phone())
    await erase_expired(db, settings, NOW)
    kept = await readable_cells(db)
    assert all(kept.values()), kept
    drafts_gone = NOW + timedelta(days=settings.draft_days)
    counts = await erase_expired(db, settings, drafts_gone)
    assert set(counts) == set(RULES)
    assert (counts["drafts"], counts["states"], counts["received"]) == (1, 1, 0)
    await erase_expired(db, settings, NOW + timedelta(days=settings.retention_days))
    kept = await readable_cells(db)
    assert kept["pre_declaration.body_enc"] == 0
    assert kept["outbox.body_enc"] > 0
    for _ in range(3):
        await turns.drain(await only_conversation(db))
    await erase_expired(db, settings, NOW + timedelta(days=settings.transcript_days))
    assert not any((await readable_cells(db)).values())
    assert await outbox.claim(db, 10, NOW + timedelta(days=999)) == []


async def only_conversation(db: Database) -> UUID:
    async with db.engine.connect() as connection:
        found: UUID = (await connection.execute(text("select id from conversation"))).scalar_one()
        return found


async def test_someone_still_writing_keeps_the_draft(
    db: Database, turns: MessageHandler, settings: Settings, clock: SetClock
) -> None:
    phone = new_phone()
    await turns.receive(message("draft a", phone))
    later = NOW + timedelta(days=settings.draft_days - 1)
    await turns.receive(message("salam", phone, received_at=later))
    counts = await erase_expired(db, settings, NOW + timedelta(days=settings.draft_days))
    assert counts["drafts"] == counts["states"] == 0


async def test_a_sender_who_comes_back_is_known_and_reached_again(
    db: Database, turns: MessageHandler, settings: Settings
) -> None:
    phone, later = new_phone(), NOW + timedelta(days=400)
    first = await turns.receive(message("stop", phone))
    await erase_expired(db, settings, later)
    again = await turns.receive(message("salam", phone, received_at=later))
    assert again.conversation_id == first.conversation_id
    assert [row.address for row in await outbox.claim(db, 5, later)] == [phone]
    assert await scalar(db, "select count(*) from conversation where opted_out") == 1


async def test_a_sender_may_see_everything_and_have_it_erased(
    db: Database, turns: MessageHandler
) -> None:
    phone, other = new_phone(), new_phone()
    await fill(turns, phone)
    await turns.receive(message("salam", other))
    seen = await export_sender(db, phone)
    assert [len(seen[part]) for part in ("conversations", "drafts", "pre_declarations")] == [
        1,
        1,
        1,
    ]
    assert CANARY in str(seen["received"])
    assert CANARY in str(seen["pre_declarations"][0]["register"])
    assert await erase(db, phone, NOW) == 1
    left = await export_sender(db, phone)
    assert CANARY not in str([left["said"], left["drafts"]])
    assert (await export_sender(db, other))["said"][0]["body"]["text"] == "1:salam:-"
    assert await erase(db, new_phone(), NOW) == 0


async def test_rotation_seals_everything_again(db: Database, turns: MessageHandler) -> None:
    await fill(turns, new_phone())
    old = db.crypto.keys
    new = Crypto(Keys(2, {**old.data, 2: secrets.token_bytes(32)}, old.index))
    rotated = Database(db.engine, new)
    cells = sum((await readable_cells(db)).values())
    assert await reencrypt(rotated) == cells
    assert await reencrypt(rotated) == 0
    async with db.engine.connect() as connection:
        for _, column in sealed_columns():
            tokens = (await connection.execute(select(column))).scalars()
            assert {key_version(token) for token in tokens if token} == {2}
    only_new = Database(db.engine, Crypto(Keys(2, {2: new.keys.data[2]}, old.index)))
    assert await outbox.claim(only_new, 10, NOW + timedelta(days=1))


async def test_keys_are_made_over_an_empty_database_only(
    db: Database, turns: MessageHandler, settings: Settings
) -> None:
    url = db.engine.url.render_as_string(hide_password=False)
    made = keys_for(settings, url)
    assert keys_for(settings, url) == made
    assert keys_for(settings, "postgresql://hala@/postgres?host=/nowhere") == made
    await turns.receive(message("salam", new_phone()))  # sealed under other keys
    with pytest.raises(KeysError, match="do not open the data"):
        keys_for(settings, url)
    settings.keys_path.unlink()
    with pytest.raises(KeysError, match="restore the file"):
        keys_for(settings, url)
    assert not settings.keys_path.exists()


def test_a_key_file_that_was_named_and_is_missing_is_never_made(
    database_url: str, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, keys_file=tmp_path / "mounted" / "keys.json")
    with pytest.raises(KeysError, match="no key file"):
        keys_for(settings, database_url)
    assert not settings.keys_path.exists()
