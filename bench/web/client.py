"""Plays all pages, in a process of its own: `python -m bench.web.client PORT RUN` reads one command
a line (`open`, `play`, `close`) and answers each with one line of JSON."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from typing import Any

import uvloop

from bench.client import PATIENCE_SECONDS
from bench.web.ledger import closed
from bench.web.pages import Desk, Page, Seen

OPENED_AT_ONCE = 25
Answer = dict[str, Any]
Command = Callable[..., Awaitable[Answer]]


class Crowd:
    """All pages."""

    def __init__(self, port: int, run: str) -> None:
        today = date.today()  # noqa: DTZ011 - as a citizen's calendar
        self._desk = Desk(port, run, today, Seen())
        self._chance = random.Random(run)
        self.pages: list[Page] = []
        self._watching: asyncio.Task[None] | None = None

    async def open(self, pages: int) -> Answer:
        """Open so many pages, some at a time."""
        began, places = time.perf_counter(), asyncio.Semaphore(OPENED_AT_ONCE)
        self.pages = [Page(number, self._desk) for number in range(pages)]

        async def opened(page: Page) -> None:
            async with places:
                await page.open()

        await asyncio.gather(*(opened(page) for page in self.pages))
        self._watching = asyncio.create_task(self._watch())
        return {"seconds": time.perf_counter() - began}

    async def play(self, rate: float, seconds: float) -> Answer:
        """Let citizens write at `rate` messages a second, each as soon as it may, however slow the
        answers are. `idle` were due when no page was free to send one; `late` is how many
        milliseconds after it was due a message left."""
        self._forget()
        cpu, began = _cpu(), time.perf_counter()
        late: list[float] = []
        idle, due = 0, began
        while (due := due + self._chance.expovariate(rate)) < began + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if (page := self._free_page()) is None:
                idle += 1
                continue
            late.append((time.perf_counter() - due) * 1000)
            await page.say()
        played = time.perf_counter() - began
        lost = await self._rest()
        told = {"seconds": played, "cpu_seconds": _cpu() - cpu, "idle": idle, "late": late}
        return told | {"lost": lost} | asdict(self._desk.seen)

    async def close(self) -> Answer:
        """Close all pages and their books."""
        if self._watching is not None:
            self._watching.cancel()
        await asyncio.gather(*(page.close() for page in self.pages))
        return asdict(closed(page.ledger for page in self.pages))

    def _forget(self) -> None:
        seen = self._desk.seen
        for kept in (seen.turns, seen.again, seen.outages, seen.refused):
            kept.clear()
        seen.whole = 0

    def _free_page(self) -> Page | None:
        now = time.perf_counter()
        free = [page for page in self.pages if page.is_free(now)]
        return self._chance.choice(free) if free else None

    async def _rest(self) -> int:
        """Wait for the last answers; how many never came."""
        deadline = time.perf_counter() + PATIENCE_SECONDS
        while any(p.waiting for p in self.pages) and time.perf_counter() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return sum(page.waiting is not None for page in self.pages)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1)
            for page in self.pages:
                await page.watch(time.perf_counter())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def serve(crowd: Crowd) -> None:
    """Do what is asked until the input ends."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    commands: dict[str, Command] = {"open": crowd.open, "play": crowd.play, "close": crowd.close}
    while line := await reader.readline():
        asked = json.loads(line)
        answer = await commands[asked.pop("do")](**asked)
        print(json.dumps(answer), flush=True)


def main() -> None:
    """Play."""
    port, run = sys.argv[1:]
    with suppress(KeyboardInterrupt):
        uvloop.run(serve(Crowd(int(port), run)))


if __name__ == "__main__":
    main()
