"""Papers that a citizen attaches to a declaration: to see them, add one, take one away.

The same for every channel: a sender has one declaration at hand, and its papers are within reach
exactly when the declaration is. The file is cleaned with no lock and no connection held.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.messages import Channel
from bot.dialogue.papers import are_locked, papers_of
from bot.dialogue.state import Draft, State
from integrations.database import attachments
from integrations.database.attachments import Attached, Content, Desk, Sender
from integrations.database.engine import Database
from integrations.documents.scrubbing import Scrubbed
from integrations.platform.clock import Clock

MOST_FILES = 10
# Not sent yet, or nobody at an office works with it, or one of them asks for more.
OPEN_TO_PAPERS = (None, "submitted", "transmitted", "correction_asked")
Scrub = Callable[[bytes], Awaitable[Scrubbed]]
Code = Literal["no_declaration", "locked", "opened", "unknown", "gone", "too_many"]


class PapersError(Exception):
    """Papers that cannot be seen or changed; `code` says why (`web.paper_<code>`)."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper of the list, and the files attached for it."""

    id: str
    attached: tuple[Attached, ...]


@dataclass(frozen=True, slots=True)
class Attachments:
    """The use cases."""

    db: Database
    clock: Clock
    scrub: Scrub
    screen_minutes: int = 30

    async def papers(self, sender: Sender) -> tuple[Listed, ...]:
        """The papers of what the sender declares. Raises PapersError."""
        async with self.db.engine.connect() as connection:
            desk, draft = await self._reach(connection, sender, locked=False)
            return _listed(draft, await self._present(connection, desk))

    async def check(self, sender: Sender, kind: str) -> None:
        """Whether a file for this paper may come now, before it is read. Raises PapersError."""
        async with self.db.engine.connect() as connection:
            desk, draft = await self._reach(connection, sender, locked=False)
            _check_open(desk)
            _check_kind(draft, kind)

    async def attach(
        self, sender: Sender, kind: str, name: str, content: bytes
    ) -> tuple[Listed, ...]:
        """Clean a file and keep it; the same file again changes nothing. The list as it is then.

        Raises PapersError, RefusedDocumentError.
        """
        await self.check(sender, kind)
        clean = await self.scrub(content)
        paper = await asyncio.to_thread(self._sealed, kind, name, clean, content)
        async with self.db.engine.begin() as connection:
            desk, draft = await self._reach(connection, sender, locked=True)
            _check_open(desk)
            _check_kind(draft, kind)
            there = await self._present(connection, desk)
            if any((a.kind, a.content_index) == (kind, paper.content_index) for a in there):
                return _listed(draft, there)
            if len(there) >= MOST_FILES:
                raise PapersError("too_many")
            await attachments.add(connection, desk, paper, self.clock.now())
            return _listed(draft, await self._present(connection, desk))

    async def remove(self, sender: Sender, attachment_id: UUID) -> tuple[Listed, ...]:
        """Take a file away, while nobody at an office works with it. Raises PapersError."""
        async with self.db.engine.begin() as connection:
            desk, draft = await self._reach(connection, sender, locked=True)
            _check_open(desk)
            now = self.clock.now()
            if not await attachments.remove(connection, desk.draft_id, attachment_id, now):
                raise PapersError("gone")
            return _listed(draft, await self._present(connection, desk))

    async def content(self, draft_id: UUID, attachment_id: UUID) -> Content | None:
        """A paper for the officer who may open its record: the caller has made sure of that."""
        return await attachments.read(self.db, draft_id, attachment_id)

    async def _reach(
        self, connection: AsyncConnection, sender: Sender, *, locked: bool
    ) -> tuple[Desk, Draft]:
        desk = await attachments.desk_of(connection, self.db.crypto, sender, locked=locked)
        draft = None if desk is None else Draft.load(desk.draft)
        if desk is None or draft is None or not draft.consent or draft.status == "cancelled":
            raise PapersError("no_declaration")
        channel: Channel = sender.channel  # type: ignore[assignment]
        state, now = State.load(desk.state), self.clock.now()
        if are_locked(state, draft, channel, now, self.screen_minutes):
            raise PapersError("locked")
        return desk, draft

    async def _present(self, connection: AsyncConnection, desk: Desk) -> list[Attached]:
        return await attachments.present(connection, self.db.crypto, desk.draft_id)

    def _sealed(self, kind: str, name: str, clean: Scrubbed, came: bytes) -> attachments.Paper:
        digest = hashlib.sha256(came).hexdigest()
        kept = (clean.media_type, clean.content)
        return attachments.sealed(self.db.crypto, kind, name, *kept, digest)


def _check_open(desk: Desk) -> None:
    if desk.record_status not in OPEN_TO_PAPERS:
        raise PapersError("opened")


def _check_kind(draft: Draft, kind: str) -> None:
    if kind not in papers_of(draft):
        raise PapersError("unknown")


def _listed(draft: Draft, there: list[Attached]) -> tuple[Listed, ...]:
    """The list in its order; what was attached before an answer changed the list comes after it,
    so that it can be taken away."""
    wanted = papers_of(draft)
    others = tuple(dict.fromkeys(a.kind for a in there if a.kind not in wanted))
    return tuple(
        Listed(kind, tuple(a for a in there if a.kind == kind)) for kind in (*wanted, *others)
    )
