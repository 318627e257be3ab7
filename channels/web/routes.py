"""The chat's routes: the session, the socket, and the same conversation by plain requests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from actions.privacy import erase
from channels.auth import WEB_SESSION, auth, name_rule
from channels.background import Background
from channels.ending import when_ending
from channels.services import Services
from channels.web import frames
from channels.web.chat import Chat
from channels.web.cookies import cleared, set_cookie
from channels.web.frames import BadFrameError
from channels.web.hub import Hub, News, Reason
from channels.web.limiting import POLLS, Limits
from channels.web.origins import client_of
from channels.web.preferring import preferred_language
from channels.web.sessions import Sessions, language_of, refusal
from channels.web.socket import Sockets
from integrations.database import web_sessions
from integrations.database.web_sessions import WebSession

LONGEST_WAIT = 20.0
LATE_SECONDS = 6.0
"""A message that was on its way when its session ended is stored by then, and every line closed."""
_STATUS = {"too_fast": 429, "unavailable": 503, "too_long": 413}


class Waiter:
    """A poll that waits for news; any news ends it."""

    def __init__(self, session: WebSession, client: str, last: int) -> None:
        self.session_id, self.client, self.last = session.id, client, last
        self.reason: Reason | None = None
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Until there is something to read, at most so long."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return

    async def deliver(self, news: News) -> None:
        """It reads for itself."""
        self._rung.set()

    async def catch_up(self) -> None:
        """It reads for itself."""
        self._rung.set()

    async def end(self, reason: Reason) -> None:
        """It says so."""
        self.reason = reason
        self._rung.set()

    def let_go(self) -> None:
        """It is answered with what there is."""
        self._rung.set()


@dataclass(frozen=True, slots=True)
class ChatRoutes:
    """What a page calls."""

    services: Services
    sessions: Sessions
    chat: Chat
    background: Background

    async def session(self, request: Request) -> Response:
        """Make or find the browser's session; the whole history it may see."""
        self.sessions.check_origin(request)
        asked = frames.asked_of(await _object(request), preferred_language(request))
        session, token = await self.sessions.begin(request, asked)
        answer = _json(await self.chat.hello(session, 0))
        if token is not None:
            is_https, days = self._is_https, self.services.settings.draft_days
            cookie = set_cookie(token, embed=asked.embed, is_https=is_https, days=days)
            answer.headers.append("Set-Cookie", cookie)
        return answer

    async def say(self, request: Request) -> Response:
        """One message; its answer, or an empty list while that needs more time."""
        session = await self.sessions.current(request)
        language = language_of(session)
        try:
            say = frames.say_of(frames.object_of(await request.body()))
            turn = await self.chat.receive(session, say)
        except BadFrameError as error:
            status = _STATUS.get(error.code, 400)
            raise refusal(status, error.code, language) from None
        await self.sessions.noted(session)
        news = self.chat.news_of(say, turn)
        if not turn.repeat:
            self.chat.hub.tell(session.id, news)
        panel = news.panel or (await self.chat.read(session, 0)).panel
        return _json({"entries": news.replies, "panel": panel})

    async def poll(self, request: Request) -> Response:
        """What follows reply number `after`; with `wait`, as soon as there is something."""
        session = await self.sessions.current(request)
        if not await self.sessions.limits.allows_here(POLLS, str(session.id)):
            raise refusal(429, "too_fast", language_of(session))
        query = request.query_params
        after, wait = frames.number_of(query.get("after")), frames.number_of(query.get("wait"))
        waiter = Waiter(session, client_of(request), after)
        if not self.chat.hub.join(waiter):
            raise refusal(429, "too_many", language_of(session))
        try:
            part = await self.chat.read(session, after)
            if wait > 0 and not part.has_replies:
                await waiter.wait(min(wait, LONGEST_WAIT))
                part = await self.chat.read(session, after)
        finally:
            self.chat.hub.leave(waiter)
        if waiter.reason is not None:
            name = "idle" if waiter.reason == "idle" else "no_session"
            raise refusal(401, name, language_of(session))
        return _json({"entries": part.entries, "panel": part.panel})

    async def end(self, request: Request) -> Response:
        """End the session; with `erase`, forget what was said and told as well."""
        self.sessions.check_origin(request)
        wants_erasing = (await _object(request)).get("erase") is True
        session = await self.sessions.find(request)
        if session is None and wants_erasing:
            raise refusal(401, "no_session", preferred_language(request))
        if session is not None:
            await self._end(session, wants_erasing)
        answer = Response(status_code=204)
        for cookie in cleared(is_https=self._is_https):
            answer.headers.append("Set-Cookie", cookie)
        return answer

    async def _end(self, session: WebSession, wants_erasing: bool) -> None:
        db, now = self.services.db, self.services.clock.now()
        if wants_erasing:
            await erase(db, web_sessions.address_of(session.id), now)
        await web_sessions.end(db, session.id, now)
        self.chat.hub.end(session.id, "closed")
        self.chat.hub.ring(session.id)
        if wants_erasing:
            self.background.start(self._erase_what_came_late(session))

    async def _erase_what_came_late(self, session: WebSession) -> None:
        try:
            await asyncio.sleep(LATE_SECONDS)
        finally:  # this gateway ends: at once
            now = self.services.clock.now()
            await erase(self.services.db, web_sessions.address_of(session.id), now)

    @property
    def _is_https(self) -> bool:
        return self.services.settings.base_url.startswith("https://")


def routes(services: Services, background: Background) -> APIRouter:
    """All of them."""
    sessions = Sessions(services, Limits(services.valkey, services.db.crypto))
    hub = Hub(services, sessions, background)
    when_ending(hub.let_go)
    chat = Chat(services, sessions, hub)
    made = ChatRoutes(services, sessions, chat, background)
    router = APIRouter(tags=["web"])
    for method, path, endpoint in (
        ("POST", "/chat/session", made.session),
        ("POST", "/chat/messages", made.say),
        ("GET", "/chat/messages", made.poll),
        ("POST", "/chat/end", made.end),
    ):
        rule = auth(WEB_SESSION)
        router.add_api_route(
            path, endpoint, methods=[method], openapi_extra=rule, response_model=None
        )
    router.add_api_websocket_route("/chat", Sockets(chat, background).serve)
    name_rule(router.routes[-1], WEB_SESSION)
    return router


async def _object(request: Request) -> Any:
    body = await request.body()
    try:
        return frames.object_of(body or b"{}")
    except BadFrameError as error:
        raise refusal(400, error.code, preferred_language(request)) from None


def _json(value: object) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(value), media_type="application/json", headers=headers)
