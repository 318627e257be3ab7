"""Who speaks: the session of a request's cookie, alive, and from a page of ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection, Request

from bot.answers.result import Language
from bot.wording import wording
from channels.problems import ProblemError
from channels.services import Services
from channels.web.cookies import new_token, tokens_of
from channels.web.frames import Asked
from channels.web.limiting import SESSIONS, Limits
from channels.web.origins import client_of, is_own_origin, may_read
from channels.web.preferring import preferred_language
from integrations.database import web_sessions
from integrations.database.web_sessions import WebSession

_TOUCH_SECONDS = 30
_READING = frozenset({"GET", "HEAD"})


def refusal(status: int, name: str, language: Language) -> ProblemError:
    """A problem with the sentence of the same name (`web.<name>`) for the citizen."""
    return ProblemError(status, f"web.{name}", wording(f"web.{name}", language, "web"))


def language_of(session: WebSession) -> Language:
    """The language its page shows."""
    return "fr" if session.language == "fr" else "ar"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Finds, makes and keeps the sessions of browsers."""

    services: Services
    limits: Limits

    async def current(self, request: Request) -> WebSession:
        """The session of a request, for every route with personal data. Raises ProblemError: 403
        for a page that is not ours, 401 without a session or when it was silent for too long."""
        language = preferred_language(request)
        self.check_origin(request)
        session = await self.find(request)
        if session is None:
            raise refusal(401, "no_session", language)
        if self.is_idle(session.last_active_at):
            await web_sessions.hide_history(self.services.db, session.id)
            raise refusal(401, "idle", language_of(session))
        return session

    def check_origin(self, request: Request) -> None:
        """Raises ProblemError 403 unless a page of ours asks."""
        if request.method in _READING:
            is_ours = may_read(request)
        else:
            is_ours = is_own_origin(request, self.services.settings)
        if not is_ours:
            raise refusal(403, "foreign_origin", preferred_language(request))

    async def find(self, connection: HTTPConnection) -> WebSession | None:
        """The first live session among the browser's cookies, idle or not."""
        is_https = self.services.settings.base_url.startswith("https://")
        for token in tokens_of(connection, is_https=is_https):
            session = await web_sessions.find(self.services.db, token)
            if session is not None:
                return session
        return None

    async def begin(self, request: Request, asked: Asked) -> tuple[WebSession, str | None]:
        """The browser's session, or a new one with its token. Someone is there: it is not idle
        from now on, but what it said before it was stays hidden."""
        db, now = self.services.db, self.services.clock.now()
        found = await self.find(request)
        if found is None:
            if not await self.limits.allows(SESSIONS, client_of(request)):
                raise refusal(429, "too_many", asked.language)
            token = new_token()
            return await web_sessions.open_session(db, token, asked.language, now), token
        if self.is_idle(found.last_active_at):
            await web_sessions.hide_history(db, found.id)
            found = await self.find(request) or found
        await web_sessions.touch(db, found.id, now, asked.language)
        return replace(found, last_active_at=now, language=asked.language), None

    async def noted(self, session: WebSession) -> WebSession:
        """The session after its citizen did something; written at most every half minute."""
        now = self.services.clock.now()
        if now - session.last_active_at < timedelta(seconds=_TOUCH_SECONDS):
            return session
        await web_sessions.touch(self.services.db, session.id, now)
        return replace(session, last_active_at=now)

    def is_idle(self, last_active_at: datetime) -> bool:
        """Whether nobody was there for so long that somebody else may be."""
        return self.services.clock.now() - last_active_at > self.idle

    @property
    def idle(self) -> timedelta:
        """How long a silence may last."""
        return timedelta(minutes=self.services.settings.web_idle_minutes)
