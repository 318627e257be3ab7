"""A browser's page as the gateway meets it: a cookie, plain requests and sockets."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from integrations.platform.settings import Settings

Frame = dict[str, Any]
PATIENCE = 15.0


_browsers = itertools.count(1000)


def _address(number: int) -> str:
    return f"127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass
class Socket:
    """An open socket and the frames it has had."""

    connection: ClientConnection
    hello: Frame = field(default_factory=dict)

    async def next(self, *types: str) -> Frame:
        """The next frame of one of these types (of any); others are passed over."""
        while True:
            frame: Frame = json.loads(await within(self.connection.recv()))
            if not types or frame["type"] in types:
                return frame

    async def send(self, frame: object) -> None:
        """Any frame; text as it is."""
        await self.connection.send(frame if isinstance(frame, str) else json.dumps(frame))

    async def say(
        self, text: str, message_id: str | None = None, choice: str | None = None
    ) -> list[Frame]:
        """Say something; all frames up to the panel, or the refusal."""
        named = message_id or str(uuid4())
        await self.send({"type": "say", "id": named, "text": text, "choice": choice})
        return await self.until("panel", "refused")

    async def until(self, *types: str) -> list[Frame]:
        """All frames up to one of these types."""
        frames = [await self.next()]
        while frames[-1]["type"] not in types:
            frames.append(await self.next())
        return frames

    async def closed(self) -> int:
        """The code it is closed with."""
        with suppress(ConnectionClosed):
            while True:
                await within(self.connection.recv())
        assert self.connection.close_code is not None
        return self.connection.close_code


@dataclass
class Page:
    """A browser with its cookies."""

    settings: Settings
    origin: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    # Another one on loopback for each browser: limits count addresses.
    address: str = field(default_factory=lambda: _address(next(_browsers)))

    async def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """A POST as a page sends it."""
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return await self._request("POST", path, content, headers)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """A GET as a page sends it."""
        return await self._request("GET", path, None, headers)

    async def begin(self, lang: str = "fr", **body: object) -> Frame:
        """Make or find the session; the hello."""
        answer = await self.post("/chat/session", {"lang": lang, **body})
        assert answer.status_code == 200, answer.text
        hello: Frame = answer.json()
        return hello

    async def say(self, text: str, message_id: str | None = None) -> httpx.Response:
        """Say something by a plain request."""
        return await self.post("/chat/messages", {"id": message_id or str(uuid4()), "text": text})

    @asynccontextmanager
    async def socket(self, after: int = 0, wait_for_hello: bool = True) -> AsyncIterator[Socket]:
        """An open socket."""
        url = f"{self.settings.base_url}/chat?after={after}".replace("http", "ws", 1)
        headers = {"Cookie": self._cookie_header(), **self.headers}
        origin = self.settings.base_url if self.origin is None else self.origin
        named = {"origin": origin, "additional_headers": headers}
        async with connect(url, **named, local_addr=(self.address, 0)) as connection:  # type: ignore[arg-type]
            socket = Socket(connection)
            if wait_for_hello:
                socket.hello = await socket.next()
            yield socket

    async def close_code(self, after: int = 0) -> int:
        """What a socket is closed with at once."""
        async with self.socket(after, wait_for_hello=False) as socket:
            return await socket.closed()

    async def _request(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        given = {"Origin": self.settings.base_url if self.origin is None else self.origin}
        given |= {"Cookie": self._cookie_header()} if self.cookies else {}
        given |= self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx.AsyncHTTPTransport(local_address=self.address)
        base_url = self.settings.base_url
        async with httpx.AsyncClient(base_url=base_url, timeout=30, transport=transport) as client:
            answer = await client.request(method, path, content=content, headers=given)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


async def within(waiting: Any, seconds: float = PATIENCE) -> Any:
    """The result, or TimeoutError."""
    return await asyncio.wait_for(waiting, seconds)


def replies(frames: list[Frame]) -> list[tuple[int, str]]:
    """Number and text of the replies among frames or entries."""
    return [(frame["seq"], frame["text"]) for frame in frames if frame["type"] == "reply"]


def saids(frames: list[Frame]) -> list[str]:
    """What was said, among frames or entries."""
    return [frame["text"] for frame in frames if frame["type"] == "said"]
