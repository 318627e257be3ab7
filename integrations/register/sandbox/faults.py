"""Faults that can be switched on, so that clients meet them before a real register has them.

Each is a rate between 0 and 1, drawn from one seeded generator: the same seed and the same order of
requests meet the same faults.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.register.sandbox.problems import problem

WRITES = frozenset({"PUT", "POST", "DELETE"})


class Faults(BaseModel):
    """Which faults happen, and how often."""

    model_config = ConfigDict(extra="forbid")

    seed: int = 0
    slow_ms: int = Field(default=0, ge=0, le=60_000)
    slow: float = Field(default=1.0, ge=0, le=1, description="How often `slow_ms` is waited.")
    down: float = Field(default=0.0, ge=0, le=1, description="503, nothing taken.")
    fail_after_commit: float = Field(
        default=0.0, ge=0, le=1, description="500, although it was taken."
    )
    duplicate_events: float = Field(default=0.0, ge=0, le=1, description="An event comes twice.")
    shuffle_events: float = Field(
        default=0.0, ge=0, le=1, description="A page of events is out of order."
    )
    expire_tokens: float = Field(default=0.0, ge=0, le=1, description="A good token reads expired.")


class FaultBox:
    """The faults as they stand, and how often each has happened since they were set."""

    def __init__(self) -> None:
        self.set(Faults())

    def set(self, faults: Faults) -> None:
        """Replace them and begin to draw anew."""
        self.faults = faults
        self.happened: Counter[str] = Counter()
        self._random = Random(faults.seed)

    def strikes(self, name: str) -> bool:
        """Whether this fault happens now."""
        rate: float = getattr(self.faults, name)
        if rate <= 0 or self._random.random() >= rate:
            return False
        self.happened[name] += 1
        return True

    def disturbed(self, events: list[Any]) -> list[Any]:
        """A page of events as it is told: some twice, some pages out of order."""
        told = [copy for e in events for copy in [e] * (1 + self.strikes("duplicate_events"))]
        if len(told) > 1 and self.strikes("shuffle_events"):
            self._random.shuffle(told)
        return told


class FaultyLine:
    """ASGI middleware: slow, down, and failing after the work is done."""

    def __init__(self, app: ASGIApp, box: FaultBox) -> None:
        self._app = app
        self._box = box

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the fault happen, else pass on."""
        if scope["type"] != "http" or not scope["path"].startswith(("/v1/", "/oauth/")):
            await self._app(scope, receive, send)
            return
        if self._box.faults.slow_ms and self._box.strikes("slow"):
            await asyncio.sleep(self._box.faults.slow_ms / 1000)
        if self._box.strikes("down"):
            await problem(503, "unavailable")(scope, receive, send)
        elif scope["method"] in WRITES and self._box.strikes("fail_after_commit"):
            await self._app(scope, receive, _unheard)
            await problem(500, "internal_error")(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _unheard(message: Message) -> None:
    """Where an answer goes that the client never sees."""
