"""Who is listening, by session, and what wakes them: a turn here, a ring from another process, or
the database itself, which is asked now and then about all sessions that are open here."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID, uuid4

from channels.background import Background
from channels.services import Services
from channels.web.frames import Frame
from channels.web.sessions import Sessions
from integrations.database import web_sessions
from integrations.database.web_sessions import Standing
from integrations.platform.logs import get_logger
from integrations.valkey.client import Bell

log = get_logger(__name__)
CHANNEL = "hala:web"
"""Valkey channel: a process's name and the session whose conversation moved."""
ASK_SECONDS = 5.0
ASK_SOON_SECONDS = 1.0
LISTENERS_OF_SESSION = 5
LISTENERS_OF_CLIENT = 400

Reason = Literal["idle", "closed"]


@dataclass(frozen=True, slots=True)
class News:
    """What a turn brought: what was said, what was answered, and where the conversation stands."""

    said: Frame
    replies: Sequence[Frame] = ()
    panel: Frame | None = None


class Listener(Protocol):
    """A socket, or a poll that waits. `last`: the number of the last reply it has."""

    session_id: UUID
    client: str
    last: int

    async def deliver(self, news: News) -> None:
        """Show what a turn in this process brought."""

    async def catch_up(self) -> None:
        """Read what it does not have yet."""

    async def end(self, reason: Reason) -> None:
        """The session is over for it."""

    def let_go(self) -> None:
        """This gateway ends: wait no longer."""


class Hub:
    """The listeners of this process. It asks and listens only while there is one."""

    def __init__(self, services: Services, sessions: Sessions, background: Background) -> None:
        self._services, self._sessions, self._background = services, sessions, background
        self._listeners: defaultdict[UUID, set[Listener]] = defaultdict(set)
        self._clients: Counter[str] = Counter()
        self._name = uuid4().hex
        self._running: asyncio.Task[None] | None = None
        self._soon = False

    def join(self, listener: Listener) -> bool:
        """Begin to wake it; False when its session or its address has too many already."""
        here = self._listeners.get(listener.session_id, ())
        if (
            len(here) >= LISTENERS_OF_SESSION
            or self._clients[listener.client] >= LISTENERS_OF_CLIENT
        ):
            return False
        self._listeners[listener.session_id].add(listener)
        self._clients[listener.client] += 1
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return True

    def leave(self, listener: Listener) -> None:
        """Wake it no more."""
        listeners = self._listeners.get(listener.session_id, set())
        if listener not in listeners:
            return
        listeners.discard(listener)
        self._clients -= Counter([listener.client])
        if not listeners:
            del self._listeners[listener.session_id]
        if not self._listeners and self._running is not None:
            self._running.cancel()
            self._running = None

    def tell(self, session_id: UUID, news: News, source: Listener | None = None) -> None:
        """Show news to all listeners but `source`, and ring the other processes."""
        for listener in self._of(session_id, source):
            self._background.start(listener.deliver(news))
        self.ring(session_id)

    def refresh(self, session_id: UUID) -> None:
        """Let every listener read what is new, here and elsewhere."""
        self._wake(session_id)
        self.ring(session_id)

    def end(self, session_id: UUID, reason: Reason) -> None:
        """The session is over, for listeners elsewhere as well: they look when they are rung."""
        for listener in self._of(session_id):
            self._background.start(listener.end(reason))

    def let_go(self) -> None:
        """This gateway ends: nobody shall wait any longer."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.let_go()

    def ring(self, session_id: UUID) -> None:
        """Tell the other processes that something moved."""
        valkey = self._services.valkey
        if valkey.redis is not None:
            self._background.start(valkey.publish(CHANNEL, f"{self._name} {session_id}"))

    def expect(self) -> None:
        """Ask the database soon: a message waits for an answer that another process may give."""
        self._soon = True

    def _of(self, session_id: UUID, source: Listener | None = None) -> list[Listener]:
        return [each for each in self._listeners.get(session_id, ()) if each is not source]

    def _wake(self, session_id: UUID) -> None:
        for listener in self._of(session_id):
            self._background.start(listener.catch_up())

    async def _run(self) -> None:
        bell = Bell(self._services.valkey, CHANNEL)
        hearing = asyncio.create_task(self._hear(bell))
        try:
            while True:
                await self._pause(bell)
                await self._ask(list(self._listeners))
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing
            await bell.close()

    async def _pause(self, bell: Bell) -> None:
        waited = 0.0
        while waited < ASK_SECONDS:
            await asyncio.sleep(ASK_SOON_SECONDS)
            waited += ASK_SOON_SECONDS
            if self._soon or not bell.is_listening:
                return

    async def _hear(self, bell: Bell) -> None:
        while True:
            heard = await bell.hear(ASK_SECONDS) or ""
            session_id = None if heard.startswith(self._name) else _session_of(heard)
            if session_id in self._listeners and session_id is not None:
                await self._ask([session_id], is_rung=True)

    async def _ask(self, session_ids: list[UUID], is_rung: bool = False) -> None:
        try:
            standings = await web_sessions.look(self._services.db, session_ids)
            if not is_rung:
                self._soon = any(standing.is_waiting for standing in standings.values())
            for session_id, standing in standings.items():
                await self._settle(session_id, standing, is_rung)
        except Exception as error:  # the database is away; it is asked again in a moment
            log.warning("web.hub_could_not_ask", kind=type(error).__name__)

    async def _settle(self, session_id: UUID, standing: Standing, is_rung: bool) -> None:
        if standing.is_ended or standing.last_active_at is None:
            self.end(session_id, "closed")
        elif self._sessions.is_idle(standing.last_active_at):
            await web_sessions.hide_history(self._services.db, session_id)
            self.end(session_id, "idle")
        else:
            for listener in self._of(session_id):
                if standing.told > listener.last or (is_rung and standing.is_waiting):
                    self._background.start(listener.catch_up())


def _session_of(ring: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(ring.partition(" ")[2])
    return None
