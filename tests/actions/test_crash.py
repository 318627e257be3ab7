"""A process that runs turns is killed at random points: nothing acknowledged is lost, nothing is
answered twice, and what was left behind is answered by the sweep."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from integrations.database import inbox
from integrations.database.engine import Database, open_database
from integrations.platform.clock import SystemClock
from integrations.platform.crypto import Crypto
from integrations.platform.keys import create_keys, load_keys
from integrations.platform.settings import CHECKOUT, Settings
from tests.support.counting import handler
from tests.support.turn_process import messages_of

pytestmark = pytest.mark.database

SEED = 4711
COUNT = 300
KILLS = 3


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A key file that several processes share."""
    create_keys(tmp_path / "keys.json")
    return tmp_path / "keys.json"


@pytest.fixture
async def crashed(database_url: str, keys: Path, settings: Settings) -> AsyncIterator[Database]:
    """The database under the shared keys."""
    opened = open_database(database_url, Crypto(load_keys(keys)))
    yield opened
    await opened.close()


def run_and_kill(url: str, keys: Path, after: int) -> set[str]:
    """Run turns, kill after so many, and return the provider ids acknowledged before."""
    command = [sys.executable, "-m", "tests.support.turn_process", url, str(keys)]
    with subprocess.Popen(
        [*command, str(SEED), str(COUNT)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        acknowledged = [process.stdout.readline() for _ in range(after)]
        process.kill()
        acknowledged += process.stdout
    return {line.strip() for line in acknowledged if line.endswith("\n")}


async def test_killed_processes_lose_nothing_and_answer_once(
    database_url: str, keys: Path, crashed: Database, settings: Settings
) -> None:
    chance = random.Random(SEED)
    acknowledged: set[str] = set()
    for number in range(KILLS):
        # What was acknowledged before is a repeat now: each run gets further than the last.
        acknowledged |= run_and_kill(database_url, keys, 60 * number + chance.randint(5, 60))
    assert 0 < len(acknowledged) < COUNT
    assert acknowledged <= await received(crashed)
    turns = handler(crashed, settings)
    later = SystemClock().now() + timedelta(days=1)
    while waiting := await inbox.unprocessed(crashed, older_than=later):
        for conversation_id in waiting:
            await turns.drain(conversation_id)
    before = await received(crashed)
    for each in messages_of(SEED, COUNT):  # the provider repeats what was not acknowledged
        turn = await turns.receive(each)
        assert turn.repeat is (each.provider_id in before)
    await check_counts(crashed)


async def received(db: Database) -> set[str]:
    async with db.engine.connect() as connection:
        found = await connection.execute(text("select provider_id from inbox"))
        return set(found.scalars())


async def check_counts(db: Database) -> None:
    """Each message has its turn, its replies and its number; each state counted all of them."""
    async with db.engine.connect() as connection:
        rows = (
            await connection.execute(
                text("""
            select i.id, i.seq, i.body_enc, i.processed_at, array_agg(o.id order by o.seq) as ids,
                array_agg(o.body_enc order by o.seq) as bodies
            from inbox i left join outbox o on o.inbox_id = i.id group by i.id
            """)
            )
        ).all()
        states = (
            await connection.execute(
                text("""
            select c.id, c.state_enc, c.version, c.last_outbound_seq,
                (select count(*) from inbox i where i.conversation_id = c.id) as heard,
                (select count(*) from outbox o where o.conversation_id = c.id) as said
            from conversation c
            """)
            )
        ).all()
    assert len(rows) == COUNT
    for row in rows:
        heard = db.crypto.open_json("inbox", "body", row.id, row.body_enc)["text"]
        assert row.processed_at is not None
        assert len(row.ids) == (2 if heard == "twice" else 1)
        for reply_id, body in zip(row.ids, row.bodies, strict=True):
            said = db.crypto.open_json("outbox", "body", reply_id, body)["text"]
            assert said == f"{row.seq}:{heard}:-"
    for state in states:
        count = db.crypto.open_json("conversation", "state", state.id, state.state_enc)
        assert count["aside"]["count"] == state.heard == state.version
        assert state.said == state.last_outbound_seq
