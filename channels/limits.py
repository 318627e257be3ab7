"""How much a request may carry: as its header says, and counted, because headers lie.

A body of a few kilobytes is read before its route begins. A larger one, where a route takes files,
is left for the route to read once it knows who sends it, and is counted while it comes.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.problems import ProblemError, problem

LARGEST_BODY = 64 * 1024
"""Bytes; a Twilio webhook takes one or two thousand."""

PATIENCE_SECONDS = 30.0
"""A body that comes drop by drop holds a connection no longer than this."""

LARGER_BODIES = {("POST", "/chat/papers/"): 5_500_000}
"""Bytes by method and beginning of the path: a file, and no more than a little beside it."""


class BodyLimit:
    """ASGI middleware: 413 above the limit, 408 when the body does not come. At most the limit is
    ever held in memory."""

    def __init__(
        self,
        app: ASGIApp,
        largest: int = LARGEST_BODY,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._app = app
        self._largest = largest
        self._patience_seconds = patience_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body first, so that a route never sees a part of one too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        larger = _larger(scope)
        if larger is not None:
            await self._app(scope, _counted(receive, larger), send)
            return
        try:
            async with asyncio.timeout(self._patience_seconds):
                body = None if _told_length(scope) > self._largest else await self._read(receive)
        except TimeoutError:
            await problem(408, "too_slow")(scope, receive, send)
            return
        if body is None:
            await problem(413, "too_large")(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self._largest:
                return None
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return bytes(body)


def _larger(scope: Scope) -> int | None:
    for (method, path), largest in LARGER_BODIES.items():
        if scope["method"] == method and scope["path"].startswith(path):
            return largest
    return None


def _counted(receive: Receive, largest: int) -> Receive:
    """Pass on what comes, until it is too much."""
    left = largest

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise ProblemError(413, "too_large")
        return message

    return counted


def _told_length(scope: Scope) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return int(told) if told.isdigit() else 0


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once; afterwards whatever the server says (a disconnect)."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
