"""Submitted declarations, written as a turn writes them, for tests of what happens to them then."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text

from actions.jobs.queue import open_jobs, retry_stalled, run_jobs
from actions.jobs.register import Transmitting
from integrations.database import attachments, pre_declarations
from integrations.database.attachments import Desk
from integrations.database.engine import Database
from integrations.database.pre_declarations import Submission
from integrations.platform.ids import new_id, new_reference
from tests.support.counting import new_phone
from tests.support.sandbox import birth
from tests.support.worker import soon

IDENTITY = {"kind": "cnie", "number": "BK123456", "country": "MA"}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64

# Submitted now: a worker that runs beside a test erases what is past its term.
NOW = datetime.now(UTC)

_CONVERSATION = text("""
insert into conversation (id, channel, provider, address_index, created_at)
values (:id, 'sms', 'twilio', :address_index, :now)
""")
_DRAFT = text("""
insert into draft (id, owner_index, flow, status, created_at, updated_at, expires_at)
values (:id, :owner_index, 'declare_birth', 'submitted', :now, :now, :now)
""")


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration of an invented child's birth, as it was submitted."""

    db: Database
    reference: str
    conversation_id: UUID
    draft_id: UUID

    async def row(self) -> Any:
        """The record as it stands with us."""
        statement = text("select * from pre_declaration where reference = :reference")
        async with self.db.engine.connect() as connection:
            return (await connection.execute(statement, {"reference": self.reference})).one()

    async def complete(self, **values: Any) -> None:
        """The citizen tells more."""
        async with self.db.engine.begin() as connection:
            record = self.submission(values)
            key = str(new_id())
            await pre_declarations.complete(connection, self.db.crypto, record, key, NOW)

    async def withdraw(self) -> None:
        """The citizen takes it back."""
        async with self.db.engine.begin() as connection:
            key = str(new_id())
            here = self.conversation_id
            await pre_declarations.withdraw(connection, self.reference, here, key, NOW)

    async def attach(self, content: bytes = PNG) -> UUID:
        """The citizen adds a paper; its id."""
        crypto, name = self.db.crypto, f"{new_id()}.png"
        paper = attachments.sealed(crypto, "birth_notice", name, "image/png", content, name)
        desk = Desk(self.conversation_id, self.draft_id, {}, {}, None)
        async with self.db.engine.begin() as connection:
            await attachments.add(connection, desk, paper, NOW)
        return paper.id

    async def remove(self, paper: UUID) -> None:
        """The citizen takes a paper away."""
        async with self.db.engine.begin() as connection:
            await attachments.remove(connection, self.draft_id, paper, NOW)

    def submission(self, values: Mapping[str, Any]) -> Submission:
        """What the turn hands over."""
        return Submission(
            reference=self.reference,
            draft_id=self.draft_id,
            kind="declare_birth",
            conversation_id=self.conversation_id,
            values={**birth()["values"], "declarant_cnie": IDENTITY, **values},
            missing=("birth_time",),
            last_day=None,
            language="fr",
            papers=("birth_notice", "identity"),
        )


async def declare(db: Database, **values: Any) -> Declared:
    """Submit one."""
    declared = Declared(db, new_reference(1), new_id(), new_id())
    owner = db.crypto.blind("address", new_phone())
    async with db.engine.begin() as connection:
        ids = {"id": declared.conversation_id, "address_index": owner, "now": NOW}
        await connection.execute(_CONVERSATION, ids)
        ids = {"id": declared.draft_id, "owner_index": owner, "now": NOW}
        await connection.execute(_DRAFT, ids)
        await pre_declarations.submit(connection, db.crypto, declared.submission(values), NOW)
    return declared


def jobs_left(url: str) -> int:
    """How many jobs of the register's queue there are, whatever became of them."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select count(*) from procrastinate_jobs where queue_name = 'register'"
        ).fetchone()
    assert found is not None
    return int(found[0])


@asynccontextmanager
async def transmitting(url: str, to: Transmitting) -> AsyncIterator[None]:
    """A worker's jobs; whatever waits for its next try is tried soon."""
    async with open_jobs(url) as opened:
        await retry_stalled(opened)
        tasks = [
            asyncio.create_task(run_jobs(opened, 0.1, to)),
            asyncio.create_task(_hurry(url)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)


async def until_all_is_done(url: str, to: Transmitting, patience_seconds: float = 60) -> None:
    """Work until no job is left."""
    async with transmitting(url, to):
        await soon(lambda: jobs_left(url) == 0, patience_seconds)


async def _hurry(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            await connection.execute(
                "update procrastinate_jobs set scheduled_at = now()"
                " where status = 'todo' and scheduled_at > now() + interval '100 milliseconds'"
            )
            await asyncio.sleep(0.05)
