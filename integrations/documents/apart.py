"""Cleans a file in a process of its own: what a hostile file costs, it costs there.

A picture or an object stream of some kilobytes may unpack to gigabytes, and libraries in C may have
faults. The process has no settings, no keys and no database, little memory and little time; its end
is an answer like any other. Few at a time and behind the turns, which keep their processor.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress

from integrations.documents.child import DONE
from integrations.documents.refusal import CODES, RefusedDocumentError
from integrations.documents.scrubbing import LARGEST_FILE, Scrubbed
from integrations.platform.logs import get_logger
from integrations.platform.settings import CHECKOUT

log = get_logger(__name__)
AT_ONCE = 2
PATIENCE_SECONDS = 30.0
_COMMAND = (sys.executable, "-m", "integrations.documents.child")


class Scrubber:
    """One of a process of ours; those that come together wait for one another."""

    def __init__(self, at_once: int = AT_ONCE, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._patience_seconds = patience_seconds

    async def scrub(self, content: bytes) -> Scrubbed:
        """As `scrubbing.scrub`. Raises RefusedDocumentError; `damaged` too when the file asks for
        more memory or time than a paper may."""
        if not content:
            raise RefusedDocumentError("empty")
        if len(content) > LARGEST_FILE:
            raise RefusedDocumentError("too_large")
        async with self._slots:
            return _read(await self._ask(content))

    async def _ask(self, content: bytes) -> bytes:
        child = await _start()
        answer = b""
        try:
            async with asyncio.timeout(self._patience_seconds):
                answer, _ = await child.communicate(content)
        except TimeoutError:
            pass
        finally:
            await _end(child)
        if child.returncode:
            log.warning("documents.child_ended", status=child.returncode, size=len(content))
            return b""
        return answer


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *_COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=CHECKOUT,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
    )


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _read(answer: bytes) -> Scrubbed:
    head, _, content = answer.partition(b"\n")
    word = head[1:].decode("ascii", "replace")
    if head[:1] == DONE and content:
        return Scrubbed(content, word)
    # Without an answer it ended early: too much memory, too much time, or a fault of a library.
    raise RefusedDocumentError(word if word in CODES else "damaged")
