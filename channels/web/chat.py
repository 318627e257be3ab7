"""The conversation behind a page: takes a message in, says what it brought, reads what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from actions.core import without_cards
from actions.messages import InboundMessage, Turn
from bot.dialogue.panel import panel_of
from bot.dialogue.state import Draft, State
from channels.services import Services
from channels.web import frames
from channels.web.frames import BadFrameError, Frame, Say
from channels.web.hub import Hub, News
from channels.web.limiting import MESSAGES
from channels.web.sessions import Sessions, language_of
from integrations.database import web_sessions
from integrations.database.transcripts import Transcript, read_transcript
from integrations.database.web_sessions import PROVIDER, WebSession
from integrations.platform.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a conversation as a page shows it; `last` is the number of its last reply."""

    entries: Sequence[Frame]
    last: int
    panel: Frame

    @property
    def has_replies(self) -> bool:
        """Whether there is more than what the citizen said."""
        return any(entry["type"] == "reply" for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Chat:
    """What sockets and polls do with a session's conversation."""

    services: Services
    sessions: Sessions
    hub: Hub

    async def read(self, session: WebSession, after: int) -> Part:
        """What follows reply number `after` and may be shown; a number that was never given counts
        as none."""
        part = await self._read(session, max(after, session.shown_after))
        return part if part.last >= after else await self._read(session, session.shown_after)

    async def hello(self, session: WebSession, after: int) -> Frame:
        """The first frame."""
        part = await self.read(session, after)
        seconds = int(self.sessions.idle.total_seconds())
        trial = self.services.settings.trial
        return frames.hello(part.entries, part.last, part.panel, trial=trial, idle_seconds=seconds)

    async def accept(self, session: WebSession, say: Say) -> Turn:
        """Store a message; answered at once where no fact is needed. Raises BadFrameError."""
        message = await self._admitted(session, say)
        try:
            return await self.services.handler.accept(message)
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            raise _unavailable(say, error) from None

    async def receive(self, session: WebSession, say: Say) -> Turn:
        """Store a message and wait for its answer. Raises BadFrameError; the same message may be
        sent again then."""
        message = await self._admitted(session, say)
        try:
            return await self.services.handler.receive(message)
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            raise _unavailable(say, error) from None

    async def answer_waiting(self, session: WebSession, say: Say, turn: Turn) -> None:
        """Answer what waits and show it to everybody; what cannot be is left for the sweep."""
        self.hub.expect()
        drained = await self.services.handler.drain(turn.conversation_id, turn.found)
        if [done.inbox_id for done in drained] == [turn.inbox_id]:
            self.hub.tell(session.id, self.news_of(say, drained[0]))
        else:
            self.hub.refresh(session.id)

    def news_of(self, say: Say, turn: Turn) -> News:
        """What a turn of this process brought; without a panel where its outcome is not known."""
        now = self.services.clock.now()
        body = {"text": without_cards(say.text), "choice": say.choice}
        known = turn.outcome
        panel = panel_of(known.state, known.draft).dump() if known is not None else None
        return News(
            said=frames.said_frame(say.id, body, now),
            replies=[frames.reply_frame(reply, say.id, now) for reply in turn.replies],
            panel=panel,
        )

    async def _read(self, session: WebSession, after: int) -> Part:
        db = self.services.db
        index = web_sessions.conversation_index(db, session.id)
        found = await read_transcript(db, PROVIDER, index, after, session.said_after)
        return Part(frames.entries_of(found), found.last, _panel(session, found))

    async def _admitted(self, session: WebSession, say: Say) -> InboundMessage:
        if not await self.sessions.limits.allows(MESSAGES, str(session.id)):
            raise BadFrameError("too_fast", say.id)
        return InboundMessage(
            channel="web",
            provider=PROVIDER,
            provider_id=frames.provider_id(session.id, say.id),
            address=web_sessions.address_of(session.id),
            inbound=replace(say.inbound, language=say.language or language_of(session)),
            received_at=self.services.clock.now(),
            inline=True,
        )


def _panel(session: WebSession, found: Transcript) -> Frame:
    """Of a conversation that nobody at this screen has begun: one that begins."""
    is_hidden = bool(session.shown_after) and found.last <= session.shown_after
    if found.state is None or is_hidden:
        return panel_of(State(language=language_of(session)), None).dump()
    draft = None if found.draft is None else Draft.load(found.draft)
    return panel_of(State.load(found.state), draft).dump()


def _unavailable(say: Say, error: Exception) -> BadFrameError:
    log.warning("web.message_not_stored", kind=type(error).__name__)
    return BadFrameError("unavailable", say.id)
