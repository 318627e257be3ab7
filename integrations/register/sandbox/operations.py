"""What somebody does is one transaction, and leaves a trace: who, what, when, how it ended."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from integrations.register.sandbox.config import SandboxConfig
from integrations.register.sandbox.faults import FaultBox
from integrations.register.sandbox.migrate import OPTIONS, driven
from integrations.register.sandbox.problems import ProblemError

POOL = 10
CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a client, an officer, whoever pays, or the register's own clock."""

    kind: str
    id: str


CLOCKWORK = Actor("system", "clock")
PAYER = Actor("payer", "page")


@dataclass(slots=True)
class Operation:
    """What one actor does in one transaction."""

    connection: AsyncConnection
    actor: Actor
    now: datetime

    async def run(self, statement: str, **values: Any) -> int:
        """Execute; how many rows it touched."""
        return (await self.connection.execute(text(statement), values)).rowcount

    async def rows(self, statement: str, **values: Any) -> Sequence[RowMapping]:
        """Every row found."""
        return (await self.connection.execute(text(statement), values)).mappings().all()

    async def row(self, statement: str, **values: Any) -> RowMapping | None:
        """The first row found."""
        return (await self.connection.execute(text(statement), values)).mappings().first()

    async def trace(self, action: str, subject: str | None, outcome: str = "done") -> None:
        """Write down that this was done, in this transaction."""
        await self.run(
            "insert into audit (at, actor_kind, actor, action, subject, outcome)"
            " values (:at, :kind, :actor, :action, :subject, :outcome)",
            at=self.now,
            kind=self.actor.kind,
            actor=self.actor.id,
            action=action,
            subject=subject,
            outcome=outcome,
        )


@dataclass(frozen=True, slots=True)
class Register:
    """The running service: what its routes share."""

    config: SandboxConfig
    engine: AsyncEngine
    faults: FaultBox = field(default_factory=FaultBox)

    @asynccontextmanager
    async def operation(
        self, actor: Actor, action: str, subject: str | None = None
    ) -> AsyncIterator[Operation]:
        """A transaction with its trace; a refusal is traced as well, by its code."""
        try:
            async with self.quietly(actor) as operation:
                yield operation
                await operation.trace(action, subject)
        except ProblemError as refused:
            async with self.quietly(actor) as operation:
                await operation.trace(action, subject, refused.code)
            raise

    @asynccontextmanager
    async def quietly(self, actor: Actor) -> AsyncIterator[Operation]:
        """A transaction that leaves a trace only where it says so itself."""
        async with self.engine.begin() as connection:
            yield Operation(connection, actor, self.config.clock.now())


def open_register(config: SandboxConfig) -> Register:
    """The service over its database; connects on first use."""
    engine = create_async_engine(
        driven(config.database_url),
        pool_size=POOL,
        max_overflow=POOL,
        hide_parameters=True,
        connect_args={**OPTIONS, "connect_timeout": CONNECT_SECONDS},
    )
    return Register(config, engine)


def as_json(value: Any) -> str:
    """As a `jsonb` parameter, and the same text for the same content."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
