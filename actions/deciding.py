"""What the core says to a message, once it has the facts it asks for; and its replies in words.

A fault of the core or of the wording ends here: it is logged by the message's id and goes on as a
`TurnFailedError` without values.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection

from actions import stored
from actions.core import Core
from actions.messages import QueuedReply
from actions.spoken import noted
from bot.answers.result import Language
from bot.dialogue.messages import (
    Channel,
    Facts,
    Inbound,
    Need,
    NeedDraft,
    NeedReceipt,
    NeedUnderstanding,
    Reply,
    Understood,
    World,
)
from bot.dialogue.state import Draft
from bot.dialogue.turn import Outcome
from integrations.database import pre_declarations, receipt_links, resume_codes
from integrations.database.engine import Database
from integrations.database.turns import Snapshot
from integrations.platform.clock import local
from integrations.platform.ids import new_id, new_resume_code, new_token
from integrations.platform.logs import get_logger
from integrations.platform.settings import Settings

Understand = Callable[[str], Awaitable[Understood | None]]

NEEDS_LIMIT = 6  # facts one message may ask for; more is a fault of the core

log = get_logger(__name__)


class TurnFailedError(Exception):
    """The core or the wording failed on a message; `code` is the fault's type, without values."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Decider:
    """The core with what it may ask for. `understand` gives None when it is down or slow."""

    db: Database
    core: Core
    settings: Settings
    understand: Understand
    draw_reference: Callable[[int], str]

    def advance(self, snapshot: Snapshot, inbound: Inbound, facts: Facts) -> Outcome | Need:
        """The turn's outcome, or the fact it cannot do without."""
        state, draft = self.core.start(snapshot.state), stored.draft_of(snapshot)
        if spoken := snapshot.message.body.get("spoken"):
            return noted(spoken, state, draft)
        try:
            return self.core.advance(state, draft, inbound, facts, self._world(snapshot))
        except Exception as error:
            raise _failed(snapshot, error) from None

    async def decide(
        self, snapshot: Snapshot, facts: Facts, connection: AsyncConnection | None = None
    ) -> Outcome:
        """The turn's outcome with every fact looked up, on a connection of its own if none is
        given."""
        inbound = stored.inbound_of(snapshot)
        for _ in range(NEEDS_LIMIT):
            decided = self.advance(snapshot, inbound, facts)
            if isinstance(decided, Outcome):
                return decided
            facts = await self._look_up(decided, facts, snapshot, connection)
        raise TurnFailedError("too_many_needs")

    def word(
        self, snapshot: Snapshot, replies: Sequence[Reply], language: Language
    ) -> tuple[QueuedReply, ...]:
        """The replies in words, numbered on from the conversation's last."""
        channel, after = cast("Channel", snapshot.channel), snapshot.last_outbound_seq
        try:
            return stored.replies_of(self.core, replies, language, channel, after)
        except Exception as error:
            raise _failed(snapshot, error) from None

    async def _look_up(
        self, need: Need, facts: Facts, snapshot: Snapshot, connection: AsyncConnection | None
    ) -> Facts:
        if isinstance(need, NeedUnderstanding):
            return replace(facts, understood=await self.understand(need.text), asked=True)
        if connection is None:
            async with self.db.engine.connect() as own:
                return await self._look_up(need, facts, snapshot, own)
        here, now = snapshot.conversation_id, snapshot.message.received_at
        if isinstance(need, NeedDraft):
            body = await resume_codes.find(connection, self.db.crypto, need.code, here, now)
            found = None if body is None else Draft.load(body)
            return replace(facts, drafts={**facts.drafts, need.code: found})
        links = receipt_links.Links(self.db.crypto, self.settings)
        if isinstance(need, NeedReceipt):
            token = await links.token(connection, need.reference, here, now)
            return replace(facts, receipts={**facts.receipts, need.reference: token})
        key = (need.reference, need.second_factor)
        view = await pre_declarations.status(connection, self.db.crypto, *key, here, now)
        if view is not None:
            token = await links.token(connection, need.reference, here, now)
            view = replace(view, receipt=token or "")
        return replace(facts, statuses={**facts.statuses, key: view})

    def _world(self, snapshot: Snapshot) -> World:
        # A relative date is meant as of the message's arrival, however late its turn comes.
        return World(
            now=local(snapshot.message.received_at),
            channel=cast("Channel", snapshot.channel),
            new_reference=self.draw_reference,
            new_id=lambda: str(new_id()),
            new_resume_code=new_resume_code,
            new_token=new_token,
            msisdn=snapshot.address if snapshot.address.startswith("+") else None,
            trial=self.settings.trial,
            retention_days=self.settings.retention_days,
            draft_days=self.settings.draft_days,
            resume_days=self.settings.resume_days,
            screen_minutes=self.settings.web_idle_minutes,
            cndp_number=self.settings.cndp_number,
            base_url=self.settings.base_url,
        )


def _failed(snapshot: Snapshot, error: Exception) -> TurnFailedError:
    ids = {"inbox_id": str(snapshot.message.id)}
    log.error("turn failed", conversation_id=str(snapshot.conversation_id), **ids, exc_info=error)
    return TurnFailedError(type(error).__name__)
