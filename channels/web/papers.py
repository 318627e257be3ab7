"""The papers of a declaration, from the page: what is asked for, a file for it, a file taken away.

A file is read only from a session that may attach one now, only a few at a time, and never for
longer than a bad line needs. What it is called and what it says it is are not believed.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from actions.attachments import MOST_FILES, Attachments, Listed, PapersError
from bot.answers.result import Language
from bot.wording import wording
from channels.auth import WEB_SESSION, auth
from channels.problems import ProblemError
from channels.services import Services
from channels.web.limiting import FILES, Limits
from channels.web.origins import client_of
from channels.web.sessions import Sessions, language_of, refusal
from integrations.database.attachments import Attached, Sender
from integrations.database.web_sessions import PROVIDER, WebSession, address_of
from integrations.documents.apart import Scrubber
from integrations.documents.refusal import RefusedDocumentError
from integrations.documents.scrubbing import LARGEST_FILE
from integrations.platform.logs import get_logger

log = get_logger(__name__)
FILES_AT_ONCE = 16  # in memory, being read or cleaned
FILES_OF_CLIENT = 8  # of one address: a few slow senders never take all the room
PATIENCE_SECONDS = 180.0  # 5 MB at 30 KB/s
LONGEST_NAME = 100
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FOLDERS = re.compile(r".*[/\\]")
_STATUS = {
    "no_declaration": 409,
    "opened": 409,
    "too_many": 409,
    "locked": 403,
    "unknown": 404,
    "gone": 404,
    "too_large": 413,
    "not_a_document": 415,
    "unsupported_heic": 415,
    "too_slow": 408,
    "busy": 503,
    "too_fast": 429,
}
_OF_THE_FILE = 422


@dataclass(frozen=True, slots=True)
class PapersRoutes:
    """`patience_seconds`: how long one file may take to come."""

    services: Services
    sessions: Sessions
    attachments: Attachments
    patience_seconds: float = PATIENCE_SECONDS
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FILES_AT_ONCE))
    clients: Counter[str] = field(default_factory=Counter)

    async def papers(self, request: Request) -> Response:
        """What is asked for, and what is there."""
        session = await self.sessions.current(request)
        try:
            return _answer(await self.attachments.papers(_sender(session)), language_of(session))
        except PapersError as error:
            raise _refusal(error.code, session) from None

    async def attach(self, request: Request, kind: str) -> Response:
        """Take a file for one of the papers; the list as it is then."""
        session = await self.sessions.current(request)
        client = client_of(request)
        await self._check_room(session, client)
        try:
            async with self._place(client):
                listed = await self._attach(request, session, kind)
        except PapersError as error:
            raise _refusal(error.code, session) from None
        except RefusedDocumentError as error:
            log.info("papers.refused", code=error.code)
            raise _refusal(error.code, session) from None
        await self.sessions.noted(session)
        return _answer(listed, language_of(session))

    async def remove(self, request: Request, attachment_id: str) -> Response:
        """Take a file away; the list as it is then."""
        session = await self.sessions.current(request)
        try:
            listed = await self.attachments.remove(_sender(session), UUID(attachment_id))
        except PapersError as error:
            raise _refusal(error.code, session) from None
        except ValueError:
            raise _refusal("gone", session) from None
        await self.sessions.noted(session)
        return _answer(listed, language_of(session))

    async def _attach(self, request: Request, session: WebSession, kind: str) -> tuple[Listed, ...]:
        sender = _sender(session)
        await self.attachments.check(sender, kind)
        try:
            async with asyncio.timeout(self.patience_seconds):
                content = await _file(request)
        except (TimeoutError, ClientDisconnect):
            raise _refusal("too_slow", session) from None
        except ProblemError as error:  # cut off before it came to the route
            raise _refusal(error.code, session) from None
        name = _name(request.headers.get("x-file-name", ""))
        return await self.attachments.attach(sender, kind, name, content)

    @asynccontextmanager
    async def _place(self, client: str) -> AsyncIterator[None]:
        self.clients[client] += 1
        try:
            async with self.room:
                yield
        finally:
            self.clients[client] -= 1
            if not self.clients[client]:
                del self.clients[client]

    async def _check_room(self, session: WebSession, client: str) -> None:
        if not await self.sessions.limits.allows(FILES, str(session.id)):
            raise _refusal("too_fast", session)
        if self.room.locked() or self.clients.get(client, 0) >= FILES_OF_CLIENT:
            raise _refusal("busy", session)


def routes(services: Services) -> APIRouter:
    """The three of them."""
    sessions = Sessions(services, Limits(services.valkey, services.db.crypto))
    idle = services.settings.web_idle_minutes
    attachments = Attachments(services.db, services.clock, Scrubber().scrub, idle)
    made = PapersRoutes(services, sessions, attachments)
    router = APIRouter(tags=["web"])
    for method, path, endpoint in (
        ("GET", "/chat/papers", made.papers),
        ("POST", "/chat/papers/{kind}", made.attach),
        ("DELETE", "/chat/papers/{attachment_id}", made.remove),
    ):
        router.add_api_route(
            path, endpoint, methods=[method], openapi_extra=auth(WEB_SESSION), response_model=None
        )
    return router


async def _file(request: Request) -> bytes:
    told = request.headers.get("content-length", "0")
    if told.isdigit() and int(told) > LARGEST_FILE:
        raise RefusedDocumentError("too_large")
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST_FILE:
            raise RefusedDocumentError("too_large")
    return bytes(content)


def _name(told: str) -> str:
    """What the citizen calls the file, without folders, without signs that are not seen or that
    turn others."""
    shown = "".join(c for c in unquote(told) if unicodedata.category(c) not in _UNSEEN)
    return _FOLDERS.sub("", shown).strip()[:LONGEST_NAME]


def _sender(session: WebSession) -> Sender:
    return Sender(PROVIDER, PROVIDER, address_of(session.id))


def _refusal(code: str, session: WebSession) -> ProblemError:
    name = "too_fast" if code == "too_fast" else f"paper_{code}"
    return refusal(_STATUS.get(code, _OF_THE_FILE), name, language_of(session))


def _answer(listed: Sequence[Listed], language: Language) -> Response:
    value = {
        "papers": [
            {
                "id": paper.id,
                "label": wording(f"paper.{paper.id}", language, "web"),
                "attached": [_shown(each) for each in paper.attached],
            }
            for paper in listed
        ],
        "limits": {"bytes": LARGEST_FILE, "files": MOST_FILES},
    }
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(value), media_type="application/json", headers=headers)


def _shown(each: Attached) -> dict[str, object]:
    return {
        "id": str(each.id),
        "name": each.name,
        "bytes": each.size,
        "media_type": each.media_type,
    }
