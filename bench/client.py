"""The load: conversations that type one message after the other, in a process of its own.

`python -m bench.client` reads a plan as JSON and prints what it measured as JSON. The HTTP is as
little as keep-alive needs: on two cores a full client library would take from what it measures.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

import uvloop

from bench.answers import Answers
from bench.encoding import Encode, encoder, message_id
from bench.talks import Talk, talks

PATIENCE_SECONDS = 30.0
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to type where. `url` is the gateway's (or stock Rasa's) base; `run` is eight
    hexadecimal digits that all message ids of the run begin with; `talks` 0: until time is up;
    `database_url` where to see that a free text is answered, empty when the HTTP answer tells."""

    target: str
    url: str
    port: int
    kind: str
    conversations: int
    seconds: float
    run: str
    talks: int = 0
    seed: int = 1
    account: str = ""
    token: str = ""
    database_url: str = ""


@dataclass
class Measured:
    """`turns` holds (number within the conversation, kind, milliseconds until its turn was
    committed), `acknowledged` the milliseconds until the 200 of those that were answered later;
    `refused` counts answers by status, `lost` messages nobody answered, `whole` conversations typed
    to their end."""

    turns: list[tuple[int, str, float]] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    whole: int = 0
    empty: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def errors(self) -> int:
        """Messages that were not answered as they should be."""
        return self.refused.total() + self.lost


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, request: bytes) -> tuple[int, bytes]:
        """The answer's status and body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        try:
            writer.write(request)
            async with asyncio.timeout(PATIENCE_SECONDS):
                head = await reader.readuntil(HEAD_END)
                return status_of(head), await reader.readexactly(length_of(head))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """The next post connects anew."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Driver:
    """Plays the plan."""

    def __init__(self, plan: Plan, encode: Encode, source: Iterator[Talk]) -> None:
        self._plan, self._encode, self._source = plan, encode, source
        self._numbers = itertools.count()
        self._answers = Answers(plan.database_url) if plan.database_url else None
        self._deadline = 0.0
        self.measured = Measured()

    async def run(self) -> Measured:
        """All conversations side by side, each strictly in order."""
        before, began = _cpu(), time.perf_counter()
        self._deadline = began + self._plan.seconds
        await asyncio.gather(*(self._slot() for _ in range(self._plan.conversations)))
        self.measured.seconds = time.perf_counter() - began
        self.measured.cpu_seconds = _cpu() - before
        if self._answers is not None:
            await self._answers.close()
        return self.measured

    async def _slot(self) -> None:
        connection = Connection(self._plan.port)
        while (number := next(self._numbers)) < (self._plan.talks or number + 1):
            if not await self._play(connection, number):
                break
        connection.close()

    async def _play(self, connection: Connection, number: int) -> bool:
        """Type one conversation; False when the time is up."""
        for index, said in enumerate(next(self._source), start=1):
            if not self._plan.talks and time.perf_counter() >= self._deadline:
                return False
            request = self._encode(number, index, said.text)
            began = time.perf_counter()
            if not await self._is_taken(connection, request):
                return True  # what follows would answer a question that was not asked
            if said.kind == "free" and not await self._is_answered(number, index, began):
                return True
            self.measured.turns.append((index, said.kind, _since(began)))
        self.measured.whole += 1
        return True

    async def _is_taken(self, connection: Connection, request: bytes) -> bool:
        try:
            status, body = await connection.post(request)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self.measured.lost += 1
            return False
        if status != 200:
            self.measured.refused[status] += 1
        self.measured.empty += body in (b"", b"[]")
        return status == 200

    async def _is_answered(self, number: int, index: int, began: float) -> bool:
        if self._answers is None:
            return True
        self.measured.acknowledged.append(_since(began))
        try:
            await self._answers.answered(message_id(self._plan.run, number, index))
        except TimeoutError:
            self.measured.lost += 1
            return False
        return True


def status_of(head: bytes) -> int:
    """The status of an answer's head. ValueError when it is none."""
    return int(head.split(b" ", 2)[1])


def length_of(head: bytes) -> int:
    """The body's length in bytes; 0 when the head does not tell it."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _source(plan: Plan) -> Iterator[Talk]:
    if plan.target == "rasa":
        from bench.stock_rasa import talks as rival  # its talks are shaped like ours

        return rival.talks(plan.kind)
    return talks(plan.kind, plan.seed, date.today())  # noqa: DTZ011 - as a citizen's calendar


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Read the plan, play it, say what was measured."""
    plan = Plan(**json.load(sys.stdin))
    encode = encoder(plan.target, plan.url, plan.run, plan.account, plan.token)
    measured = uvloop.run(Driver(plan, encode, _source(plan)).run())
    # asdict() makes nonsense of a Counter.
    json.dump(asdict(measured) | {"refused": dict(measured.refused)}, sys.stdout)


if __name__ == "__main__":
    main()
