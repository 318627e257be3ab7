"""One open socket: what it has been shown already, and what it is shown next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

import orjson
from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from channels.web.chat import Chat
from channels.web.frames import Frame
from channels.web.hub import News, Reason
from integrations.database.web_sessions import WebSession

ENDED, FOREIGN, IDLE, TOO_LARGE, TOO_MANY, AGAIN = 4401, 4403, 4408, 4413, 4429, 1013
"""Close codes: 4401 no session, or it ended; 1013 the database is away, come again."""
_CODES: dict[Reason, int] = {"idle": IDLE, "closed": ENDED}
_REMEMBERED = 200


class Line:
    """A socket of a session. Each reply goes out once, in order, whoever brings it."""

    def __init__(self, websocket: WebSocket, session: WebSession, chat: Chat, client: str) -> None:
        self.session, self.session_id, self.client = session, session.id, client
        self.last = 0
        self._websocket, self._chat = websocket, chat
        # Ids of what its citizen said and it knows of: its own, and what it was shown.
        self._said: deque[str] = deque(maxlen=_REMEMBERED)
        self._sending = asyncio.Lock()

    async def open(self, after: int) -> None:
        """Say hello with what follows `after`. News that comes meanwhile waits."""
        async with self._sending:
            hello = await self._chat.hello(self.session, after)
            self._note(hello["entries"])
            self.last = hello["last"]
            await self.send(hello)

    async def send(self, frame: Frame) -> None:
        """Out, if anybody is still there."""
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.send_text(orjson.dumps(frame).decode())

    def knows(self, message_id: str) -> None:
        """Its own message: never shown to it again."""
        if message_id not in self._said:
            self._said.append(message_id)

    async def deliver(self, news: News) -> None:
        """Show what a turn brought; where something before it is missing, read it all."""
        async with self._sending:
            first = news.replies[0]["seq"] if news.replies else self.last + 1
            if news.panel is None or first > self.last + 1:
                await self._catch_up()
                return
            await self._show((news.said, *news.replies))
            await self.send({"type": "panel", "panel": news.panel})

    async def catch_up(self) -> None:
        """Read and show what it does not have yet."""
        async with self._sending:
            await self._catch_up()

    async def end(self, reason: Reason) -> None:
        """Say why, and close."""
        async with self._sending:
            await self.send({"type": "ended", "reason": reason})
            await self.close(_CODES[reason])

    def let_go(self) -> None:
        """The server closes it itself, with 1012."""

    async def close(self, code: int) -> None:
        """Close, if it is not closed yet."""
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.close(code)

    async def _catch_up(self) -> None:
        part = await self._chat.read(self.session, self.last)
        await self._show(part.entries)
        self.last = max(self.last, part.last)
        await self.send({"type": "panel", "panel": part.panel})

    async def _show(self, entries: Iterable[Frame]) -> None:
        fresh = [entry for entry in entries if self._is_fresh(entry)]
        self._note(fresh)
        for entry in fresh:
            await self.send(entry)

    def _is_fresh(self, entry: Frame) -> bool:
        if entry["type"] == "said":
            return entry["id"] not in self._said
        return bool(entry["seq"] > self.last)

    def _note(self, entries: Iterable[Frame]) -> None:
        for entry in entries:
            if entry["type"] == "said":
                self.knows(entry["id"])
            else:
                self.last = max(self.last, entry["seq"])
