"""Many operations against a register on a very bad day: nothing is lost, nothing happens twice.

`REGISTER_OPERATIONS=1000` is the whole run; `REGISTER_SEED` plays another day. `--log-level=info`
tells with `-rA` what happened.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from actions.jobs.register import Transmitting
from actions.jobs.register_feed import Feed
from bot.register import RegisterAwayError
from integrations.database.engine import Database
from integrations.platform.clock import SystemClock
from integrations.register.rest import RestRegister
from integrations.register.transport import Account, Patience, Transport
from tests.support.records import PNG, Declared, declare, transmitting, until_all_is_done
from tests.support.sandbox import CLIENT, SECRET, Sandbox

pytestmark = [pytest.mark.database, pytest.mark.timeout(1200)]
log = logging.getLogger(__name__)
OPERATIONS = int(os.environ.get("REGISTER_OPERATIONS", "100"))
SEED = int(os.environ.get("REGISTER_SEED", "20261122"))
BAD_DAY = {
    "seed": SEED,
    "down": 0.15,
    "fail_after_commit": 0.2,
    "expire_tokens": 0.03,
    "slow": 0.05,
    "slow_ms": 60,
    "duplicate_events": 0.2,
    "shuffle_events": 0.5,
}
# Some answers come too late: the try counts as lost, and the register may have taken it.
HASTY = Patience(call=0.05, tries=2, first_pause=0.01, longest_pause=0.02)
KILLS = 5


@dataclass
class Citizen:
    """A declaration, and what the register must end up with."""

    declared: Declared
    version: int = 1
    time: str | None = None
    papers: set[UUID] = field(default_factory=set)
    is_withdrawn: bool = False

    async def act(self, chance: random.Random) -> str:
        """One operation, drawn."""
        what = chance.choices(("complete", "attach", "remove", "withdraw"), (5, 4, 2, 1))[0]
        if self.is_withdrawn:
            return "nothing"
        if what == "complete":
            self.version, self.time = self.version + 1, f"{chance.randrange(24):02}:15"
            await self.declared.complete(birth_time=self.time)
        elif what == "attach" and len(self.papers) < 10:
            self.papers.add(await self.declared.attach(PNG + chance.randbytes(8)))
        elif what == "remove" and self.papers:
            gone = min(self.papers)
            self.papers.remove(gone)
            await self.declared.remove(gone)
        elif what == "withdraw":
            self.is_withdrawn = True
            await self.declared.withdraw()
        return what


@pytest.fixture
async def register(sandbox: Sandbox) -> AsyncIterator[RestRegister]:
    # A clock that runs fast: tokens end during the run, and the breaker does not wait long.
    transport = Transport(
        sandbox.base, Account(CLIENT, SECRET), HASTY, lambda: time.monotonic() * 100
    )
    made = RestRegister(transport)
    yield made
    await made.close()


async def test_on_a_very_bad_day_nothing_is_lost_and_nothing_doubled(
    db: Database,
    database_url: str,
    sandbox: Sandbox,
    register: RestRegister,
) -> None:
    chance = random.Random(SEED)
    to = Transmitting(db, SystemClock(), register)
    citizens: list[Citizen] = []
    done: Counter[str] = Counter()
    sandbox.faults(**BAD_DAY)
    for _ in range(KILLS):
        # Each round ends with its worker cut off, whatever it was doing.
        async with transmitting(database_url, to):
            for _ in range(OPERATIONS // KILLS):
                if not citizens or chance.random() < 0.35:
                    citizens.append(Citizen(await declare(db)))
                    done["submit"] += 1
                else:
                    done[await chance.choice(citizens).act(chance)] += 1
                await asyncio.sleep(chance.uniform(0, 0.02))
    await until_all_is_done(database_url, to, 600)
    happened = sandbox.operator("GET", "/sandbox/faults").json()["happened"]
    await follow(Feed(db, SystemClock(), register), sandbox)
    sandbox.faults()
    log.info("seed %s: %s, faults %s", SEED, dict(done), happened)
    for citizen in citizens:
        await check(citizen, sandbox)
    assert await events_known(db) == sandbox.rows("select count(*) from event")[0][0]
    assert sum(happened.values()) > OPERATIONS / 4, "a good day: choose another seed"


async def follow(feed: Feed, sandbox: Sandbox) -> None:
    """Read the feed to its end on the bad day."""
    for _ in range(100):
        try:
            if not await feed.run():
                return
        except RegisterAwayError:
            continue
    raise AssertionError("the feed does not end")


async def check(citizen: Citizen, sandbox: Sandbox) -> None:
    """That both sides hold the same, once."""
    row = await citizen.declared.row()
    found = sandbox.rows(
        "select version, status, content, transaction_id from pre_declaration where reference = %s",
        citizen.declared.reference,
    )
    where = f"seed {SEED}, record {row.id}"
    if citizen.is_withdrawn:
        assert [status for _, status, _, _ in found] in ([], ["withdrawn"]), where
        assert row.status == "withdrawn", where
        return
    [(version, status, content, transaction_id)] = found
    assert (version, status) == (citizen.version, "received"), where
    assert content["values"].get("birth_time") == citizen.time, where
    assert (row.status, row.transmitted_version) == ("transmitted", version), where
    papers = sandbox.rows("select id from attachment where transaction_id = %s", transaction_id)
    assert {paper[0] for paper in papers} == citizen.papers, where
    types = told(sandbox, transaction_id)
    assert types["pre_declaration.received"] == 1, where
    assert types["pre_declaration.completed"] <= version - 1, where


def told(sandbox: Sandbox, transaction_id: UUID) -> Counter[str]:
    """The events of a record, from the register's own table: the feed has pages."""
    rows = sandbox.rows("select type from event where transaction_id = %s", transaction_id)
    return Counter(row[0] for row in rows)


async def events_known(db: Database) -> int:
    """How many events we have taken."""
    async with db.engine.connect() as connection:
        found: Any = await connection.scalar(text("select count(*) from register_event"))
    return int(found)
