"""One request over a connection of its own, from an address of its own."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from bench.client import HEAD_END, PATIENCE_SECONDS, length_of, status_of

COOKIE = b"set-cookie:"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `cookie` is `name=value`, empty when none was set."""

    status: int
    cookie: str
    body: bytes


async def post(port: int, address: str, path: str, body: dict[str, Any], cookie: str) -> Answer:
    """Post JSON as our own page does. Raises OSError, TimeoutError, asyncio.IncompleteReadError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        try:
            writer.write(request(port, path, body, cookie))
            head = await reader.readuntil(HEAD_END)
            content = await reader.readexactly(length_of(head))
        finally:
            writer.close()
    return Answer(status_of(head), cookie_of(head), content)


def request(port: int, path: str, body: dict[str, Any], cookie: str) -> bytes:
    """The bytes of the request."""
    content = json.dumps(body).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return "\r\n".join(lines).encode() + HEAD_END + content


def cookie_of(head: bytes) -> str:
    """The first cookie that an answer sets, without its attributes."""
    for line in head.split(b"\r\n"):
        if line.lower().startswith(COOKIE):
            return line[len(COOKIE) :].split(b";", 1)[0].strip().decode()
    return ""
