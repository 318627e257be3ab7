"""What goes on after its request was answered; waited for when the gateway ends.

A turn that is cut off or fails here stays in the inbox, and the worker's sweep takes it up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from integrations.platform.logs import get_logger

log = get_logger(__name__)


class Background:
    """The tasks under way. Use it inside one event loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Begin and return; a fault is logged."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way, at most so long, then cut it off."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _logged(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except Exception as error:
        log.warning("gateway.left_for_the_sweep", exc_info=error)
