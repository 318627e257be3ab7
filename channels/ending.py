"""Hears that the gateway shall end before uvicorn waits for the requests under way: those that wait
for something can then be answered at once. Sockets need not hear it: uvicorn closes them."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType


def when_ending(tell: Callable[[], None]) -> None:
    """Call `tell` in this loop when the process is asked to stop, then go on as before."""
    if threading.current_thread() is not threading.main_thread():
        return  # a server in a thread is not stopped by signals
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def told(number: int, frame: FrameType | None, before: signal._HANDLER = before) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell)
            if callable(before):
                before(number, frame)

        if callable(before):
            signal.signal(number, told)
