"""Running something again and again: a fault in one round must not stop the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from integrations.platform.logs import get_logger

log = get_logger(__name__)


async def every(seconds: float, name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do `work` now and then every so many seconds, until cancelled. Faults are logged by name."""
    while True:
        try:
            await work()
        except Exception:
            log.warning("loop.failed", loop=name, exc_info=True)
        await asyncio.sleep(seconds)
