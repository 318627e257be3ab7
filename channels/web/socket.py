"""`WS /chat`: a page's line while it is open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from fastapi import WebSocket
from prometheus_client import Gauge
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.websockets import WebSocketDisconnect

from bot.wording import wording
from channels.background import Background
from channels.web import frames
from channels.web.chat import Chat
from channels.web.frames import LARGEST_FRAME, BadFrameError, Say
from channels.web.limiting import FRAMES
from channels.web.lines import AGAIN, ENDED, FOREIGN, TOO_LARGE, TOO_MANY, Line
from channels.web.origins import client_of, is_own_origin
from channels.web.sessions import language_of
from integrations.database import web_sessions
from integrations.platform.logs import get_logger

log = get_logger(__name__)
SOCKETS = Gauge("hala_web_sockets", "Open sockets of the web chat")


@dataclass(frozen=True, slots=True)
class Sockets:
    """Serves sockets."""

    chat: Chat
    background: Background

    async def serve(self, websocket: WebSocket) -> None:
        """From the first frame to the last. A page reads why it was refused in the close code, so
        the socket is opened first."""
        await websocket.accept()
        if not is_own_origin(websocket, self.chat.services.settings):
            await websocket.close(FOREIGN)
            return
        try:
            line = await self._line(websocket)
            if line is not None:
                await self._serve(line, websocket)
        except WebSocketDisconnect:
            return
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            log.warning("web.socket_database_away", kind=type(error).__name__)
            with suppress(WebSocketDisconnect, RuntimeError):
                await websocket.close(AGAIN)

    async def _line(self, websocket: WebSocket) -> Line | None:
        sessions = self.chat.sessions
        session = await sessions.find(websocket)
        if session is None:
            await websocket.close(ENDED)
            return None
        line = Line(websocket, session, self.chat, client_of(websocket))
        if sessions.is_idle(session.last_active_at):
            await web_sessions.hide_history(self.chat.services.db, session.id)
            await line.end("idle")
            return None
        return line

    async def _serve(self, line: Line, websocket: WebSocket) -> None:
        if not self.chat.hub.join(line):
            await line.close(TOO_MANY)
            return
        try:
            with SOCKETS.track_inprogress():
                await line.open(frames.number_of(websocket.query_params.get("after")))
                await self._listen(line, websocket)
        finally:
            self.chat.hub.leave(line)

    async def _listen(self, line: Line, websocket: WebSocket) -> None:
        name = uuid4().hex
        async for raw in _frames_of(websocket):
            if len(raw) > LARGEST_FRAME:
                await line.close(TOO_LARGE)
                return
            if not await self.chat.sessions.limits.allows_here(FRAMES, name):
                await line.close(TOO_MANY)
                return
            try:
                await self._take(line, raw)
            except BadFrameError as error:
                said = wording(f"web.{error.code}", language_of(line.session), "web")
                await line.send(frames.refused(error.message_id, error.code, said))

    async def _take(self, line: Line, raw: bytes) -> None:
        frame = frames.object_of(raw)
        match frame.get("type"):
            case "say":
                await self._say(line, frames.say_of(frame))
            case "ping":
                await line.send({"type": "pong"})
            case _:
                raise BadFrameError("bad_message")

    async def _say(self, line: Line, say: Say) -> None:
        """Store it, say so, show its answer; one that takes time comes when it is there."""
        line.knows(say.id)
        turn = await self.chat.accept(line.session, say)
        await line.send({"type": "stored", "id": say.id})
        if turn.is_waiting:
            self.chat.hub.tell(line.session_id, self.chat.news_of(say, turn), line)
            self.background.start(self.chat.answer_waiting(line.session, say, turn))
        elif turn.failed:
            self.chat.hub.expect()
        elif turn.repeat:
            await line.catch_up()
        else:
            news = self.chat.news_of(say, turn)
            await line.deliver(news)
            self.chat.hub.tell(line.session_id, news, line)
        line.session = await self.chat.sessions.noted(line.session)


async def _frames_of(websocket: WebSocket) -> AsyncIterator[bytes]:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        yield message["bytes"] if text is None else text.encode()
