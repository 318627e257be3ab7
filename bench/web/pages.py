"""A page as the gateway sees it: a session, a socket that is opened again when it breaks, and one
message at a time, which is sent again until it is answered."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from bench.client import PATIENCE_SECONDS
from bench.web.http import post
from bench.web.ledger import Ledger
from bench.web.talks import Step, births
from bot.answers.result import Language

# As the page waits (channels/web/static/transport.js): later each time, and never all at once.
FIRST_WAIT = 0.6
LONGEST_WAIT = 20.0
PING_SECONDS = 25.0
DEAD_SECONDS = 10.0
"""A line is given up when it says nothing for so long after something was sent."""
REST_SECONDS = 1.0
"""Nobody writes again sooner; the gateway's own limit is two messages a second."""
NO_SESSION = 4401
LINE_BROKE = (1000, 1001, 1006, 1012, 1013)
"""Closed without a fault of the page: it comes again."""

Turn = tuple[int, str, float]
Frame = Mapping[str, Any]


@dataclass(slots=True)
class Waiting:
    """A message that is not answered yet. `sent`: when it last left; `tries`: how often."""

    id: str
    step: Step
    sent: float = 0.0
    tries: int = 0
    replied: float | None = None

    @property
    def kind(self) -> Literal["choice", "text"]:
        """Tapped or typed."""
        return "choice" if self.step.choice else "text"


@dataclass(slots=True)
class Outage:
    """A line that broke: when, how often the page tried, when it had its hello again."""

    lost: float
    tries: int = 0
    back: float | None = None


@dataclass
class Seen:
    """What happened to all pages of the process since somebody last asked. `turns` were answered
    over the line they were sent on; `again` needed another one."""

    turns: list[Turn] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    whole: int = 0

    def refuse(self, code: str) -> None:
        """Count one more."""
        self.refused[code] = self.refused.get(code, 0) + 1


@dataclass(frozen=True, slots=True)
class Desk:
    """Where pages are: `run` is eight hexadecimal digits that all message ids begin with."""

    port: int
    run: str
    today: date
    seen: Seen


class Page:
    """One citizen's page, from an address of its own: limits count addresses."""

    def __init__(self, number: int, desk: Desk) -> None:
        self.number, self._desk = number, desk
        self.address = address_of(number)
        self.language: Language = "ar" if number % 2 else "fr"
        self.ledger = Ledger()
        self.waiting: Waiting | None = None
        self.is_up = asyncio.Event()
        self._chance = random.Random(f"{desk.run}{number}")
        self._births = births(self.language, self._chance, desk.today)
        self._birth: Iterator[Step] = iter(())
        self._step: Step | None = None
        self._numbers = itertools.count(1)
        self._cookie = ""
        self._socket: ClientConnection | None = None
        self._outage: Outage | None = None
        self._heard = 0.0
        self._expects: float | None = None
        self._said = 0.0
        self._line: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Ask for a session, then hold a line until `close`. Raises OSError or TimeoutError."""
        await self._begin()
        self._line = asyncio.create_task(self._hold())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.is_up.wait()

    async def close(self) -> None:
        """Go away."""
        if self._line is not None:
            self._line.cancel()
            await asyncio.gather(self._line, return_exceptions=True)

    def is_free(self, now: float) -> bool:
        """Whether its citizen may write now."""
        return self.waiting is None and now - self._said > REST_SECONDS

    async def say(self) -> None:
        """Send the next message of the birth; kept until the line is back when it is broken."""
        self._said = time.perf_counter()
        step = self._step = self._step or self._next()
        self.waiting = Waiting(message_id(self._desk.run, self.number, next(self._numbers)), step)
        self.ledger.said[self.waiting.id] = step.number
        await self._send()

    async def watch(self, now: float) -> None:
        """Ask whether anybody is there when nothing was heard for long; give a dead line up."""
        if self._expects is not None and now - self._expects > DEAD_SECONDS:
            self._expects = None
            if self._socket is not None:
                self._socket.transport.abort()
        elif self._expects is None and self.is_up.is_set() and now - self._heard > PING_SECONDS:
            await self._out({"type": "ping"})

    def _next(self) -> Step:
        step = next(self._birth, None)
        if step is None:
            self._birth = iter(next(self._births))
            step = next(self._birth)
        return step

    async def _send(self) -> None:
        if self.waiting is None or not self.is_up.is_set():
            return
        said = self.waiting
        said.tries += 1
        said.sent = time.perf_counter()
        step = said.step
        await self._out({"type": "say", "id": said.id, "text": step.text, "choice": step.choice})

    async def _out(self, frame: Frame) -> None:
        if self._socket is not None:
            self._expects = time.perf_counter()
            with suppress(WebSocketException, OSError):  # the line broke: `_hold` sees it as well
                await self._socket.send(orjson.dumps(frame).decode())

    async def _begin(self) -> None:
        answer = await post(
            self._desk.port, self.address, "/chat/session", {"lang": self.language}, self._cookie
        )
        if answer.status != 200:
            self._desk.seen.refuse(f"session {answer.status}")
            raise OSError(f"session refused: {answer.status}")
        self._cookie = answer.cookie or self._cookie

    async def _hold(self) -> None:
        failures = 0
        while True:
            if await self._converse():
                failures = 0
            if self._outage is None:
                self._outage = Outage(time.perf_counter())
                self._desk.seen.outages.append(self._outage)
            longest = min(LONGEST_WAIT, FIRST_WAIT * 2**failures)
            await asyncio.sleep(longest * (0.5 + self._chance.random() / 2))
            failures += 1
            self._outage.tries += 1

    async def _converse(self) -> bool:
        """Until the line breaks; whether it ever stood."""
        stood = False
        with suppress(WebSocketException, OSError, TimeoutError, asyncio.IncompleteReadError):
            async with self._connected() as socket:
                self._socket, self._expects = socket, time.perf_counter()
                with suppress(ConnectionClosed):
                    while True:
                        raw = await socket.recv()
                        self._heard, self._expects = time.perf_counter(), None
                        stood = await self._take(orjson.loads(raw), self._heard) or stood
            self._socket = self._expects = None
            self.is_up.clear()
            await self._closed(socket.close_code)
        return stood

    def _connected(self) -> connect:
        base = f"127.0.0.1:{self._desk.port}"
        return connect(
            f"ws://{base}/chat?after={self.ledger.last}",
            origin=f"http://{base}",  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookie},
            local_addr=(self.address, 0),
            ping_interval=None,  # a browser sends none
            open_timeout=DEAD_SECONDS,
            close_timeout=1,
            proxy=None,
        )

    async def _closed(self, code: int | None) -> None:
        if code not in LINE_BROKE:
            self._desk.seen.refuse(f"close {code}")
        if code == NO_SESSION:
            await self._begin()

    async def _take(self, frame: Frame, now: float) -> bool:
        """Read one frame; whether it was a hello."""
        match frame["type"]:
            case "hello":
                await self._hello(frame, now)
                return True
            case "reply":
                self._reply(frame, now)
            case "panel":
                self._settle()
            case "refused":
                self._refused(frame)
        return False

    async def _hello(self, frame: Frame, now: float) -> None:
        for entry in frame["entries"]:
            if entry["type"] == "reply":
                self._reply(entry, now)
        self.is_up.set()
        if self._outage is not None:
            self._outage.back, self._outage = now, None
        self._settle()
        await self._send()

    def _reply(self, frame: Frame, now: float) -> None:
        if self.ledger.tell(frame) and self.waiting is not None and frame["re"] == self.waiting.id:
            self.waiting.replied = now

    def _settle(self) -> None:
        said, seen = self.waiting, self._desk.seen
        if said is None or said.replied is None:
            return
        milliseconds = (said.replied - said.sent) * 1000
        if said.tries > 1 or self._outage is not None:
            seen.again.append(milliseconds)
        else:
            seen.turns.append((said.step.number, said.kind, milliseconds))
        self.waiting = self._step = None
        seen.whole += said.step.choice == "do:submit"

    def _refused(self, frame: Frame) -> None:
        # The same step is said again, as another message, when its turn comes.
        self._desk.seen.refuse(frame["code"])
        if self.waiting is not None and frame["id"] == self.waiting.id:
            del self.ledger.said[self.waiting.id]
            self.waiting = None


def address_of(number: int) -> str:
    """One of loopback's many addresses."""
    return f"127.7.{number // 250}.{number % 250 + 1}"


def message_id(run: str, page: int, message: int) -> str:
    """A page's own id: a version 4 UUID that tells the run, the page and the message."""
    return f"{run}-{page:04x}-4{message >> 12:03x}-8{message & 0xFFF:03x}-{page:012x}"
