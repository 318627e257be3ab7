"""A loop outlives its faults, and says once that it fails and once that it works again."""

from __future__ import annotations

import asyncio
import contextlib

from structlog.testing import capture_logs

from actions.jobs.loops import every


async def test_a_fault_does_not_end_a_loop_and_is_told_once() -> None:
    rounds = 0
    done = asyncio.Event()

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        if rounds in (2, 3, 4):
            raise ValueError("a value that must not be written")
        if rounds == 6:
            done.set()

    with capture_logs() as logs:
        loop = asyncio.create_task(every(0, "test", work))
        await asyncio.wait_for(done.wait(), 10)
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop
    assert [(entry["event"], entry["loop"]) for entry in logs] == [
        ("loop.failing", "test"),
        ("loop.works_again", "test"),
    ]


async def test_after_a_fault_it_is_tried_sooner() -> None:
    rounds = 0
    second = asyncio.Event()

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise OSError
        second.set()

    loop = asyncio.create_task(every(3600, "test", work, after_fault=0))
    await asyncio.wait_for(second.wait(), 10)
    loop.cancel()
