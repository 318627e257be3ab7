"""Runs the understanding process for as long as a command needs it, or uses the one that runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from integrations.platform.logfiles import open_log
from integrations.understanding import server


class UnderstandingDown(Exception):
    """The process ended or was not ready in time; the text names the log file."""


@dataclass(frozen=True, slots=True)
class Start:
    """What is needed to start the process. `python` is that of the Rasa environment."""

    checkout: Path
    python: Path
    model: Path
    log: Path


@asynccontextmanager
async def running(
    base_url: str, start: Callable[[], Start], seconds: float = 120.0
) -> AsyncIterator[None]:
    """Understanding answers at `base_url` inside the block; what was started is stopped after it.
    `start` is called only when nothing answers there yet.

    Raises `UnderstandingDown`.
    """
    if await server.is_ready(base_url):
        yield
        return
    how = start()
    process = spawn(how, urlsplit(base_url).port or 80)
    try:
        await _ready(process, base_url, how.log, seconds)
        yield
    finally:
        stop(process)


def spawn(start: Start, port: int) -> subprocess.Popen[bytes]:
    """Start the process with its output going to the log file."""
    with open_log(start.log) as log:
        return subprocess.Popen(
            server.command(start.python, start.model.resolve(), port),
            cwd=start.checkout,
            env=server.environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and end it after five seconds."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _ready(
    process: subprocess.Popen[bytes], base_url: str, log: Path, seconds: float
) -> None:
    """Wait in short steps: ours may find the port taken and end while another one answers."""
    for _ in range(max(1, round(seconds))):
        if await server.wait_ready(base_url, 1.0):
            break
        if process.poll() is not None:
            break
    else:
        raise UnderstandingDown(f"understanding was not ready within {seconds:.0f} s, see {log}")
    if process.poll() is not None:
        raise UnderstandingDown(f"understanding ended with {process.returncode}, see {log}")
