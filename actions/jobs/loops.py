"""Running something again and again: a fault in one round must not stop the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from integrations.platform.logs import get_logger

log = get_logger(__name__)


class Trouble:
    """Tells the log when something begins to fail and when it works again, not every time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_failing = False

    def failed(self, error: Exception) -> None:
        """A round failed."""
        if not self._is_failing:
            log.warning("loop.failing", loop=self._name, exc_info=error)
        self._is_failing = True

    def worked(self) -> None:
        """A round succeeded."""
        if self._is_failing:
            log.warning("loop.works_again", loop=self._name)
        self._is_failing = False


async def every(
    seconds: float,
    name: str,
    work: Callable[[], Awaitable[object]],
    after_fault: float | None = None,
) -> None:
    """Do `work` now and then every so many seconds, or `after_fault` seconds after a fault."""
    trouble = Trouble(name)
    while True:
        pause = seconds
        try:
            await work()
        except Exception as error:
            trouble.failed(error)
            pause = seconds if after_fault is None else after_fault
        else:
            trouble.worked()
        await asyncio.sleep(pause)
