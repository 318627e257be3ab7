"""The turn: a verified message in, a committed answer out.

Most messages are received and answered in one transaction. One that needs a fact from outside is
stored first; the fact is looked up with no connection held; then the conversation is locked again
and, if nothing moved meanwhile, the turn is committed. Messages of one conversation are answered in
the order they were received, by whichever process gets there first.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar, cast
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from actions import effects, stored
from actions.core import Core
from actions.messages import InboundMessage, QueuedReply, Turn
from bot.answers.result import Language
from bot.dialogue.messages import (
    Channel,
    Facts,
    Inbound,
    Need,
    NeedUnderstanding,
    Reply,
    Sentence,
    Understood,
    World,
)
from bot.dialogue.turn import Outcome
from integrations.database import pre_declarations, turns
from integrations.database.engine import Database
from integrations.database.turns import Snapshot
from integrations.platform.clock import Clock, local
from integrations.platform.ids import new_id, new_reference
from integrations.platform.logs import get_logger
from integrations.platform.settings import Settings

T = TypeVar("T")
Understand = Callable[[str], Awaitable[Understood | None]]

WRITE_TRIES = 5  # a drawn reference that is taken makes the turn run again
PREPARE_TRIES = 3  # of one message; the third goes without understanding, under the lock
FAILURE_LIMIT = 3
NEEDS_LIMIT = 6  # facts one message may ask for; more is a fault of the core
APOLOGY = Reply((Sentence("error.internal"),), kind="answer")

log = get_logger(__name__)


class TurnFailedError(Exception):
    """The core or the wording failed on a message; `code` is the fault's type, without values."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MessageHandler:
    """Runs turns. One per process: it holds the limit of turns in flight."""

    def __init__(
        self,
        db: Database,
        core: Core,
        settings: Settings,
        clock: Clock,
        understand: Understand,
        wake: Callable[[], None] = lambda: None,
        draw_reference: Callable[[int], str] = new_reference,
    ) -> None:
        """`understand` gives None when it is down or slow; `wake` tells the sender of new rows."""
        self._db, self._core, self._clock = db, core, clock
        self._settings = settings
        self._understand, self._wake = understand, wake
        self._draw_reference = draw_reference
        self._draft_life = timedelta(days=settings.draft_days)
        self._slots = asyncio.Semaphore(settings.turns_in_flight)

    async def receive(self, message: InboundMessage) -> Turn:
        """Take a message in and answer it. When this returns, it is stored and never lost.

        Database errors are raised: nothing was stored then, and the provider must send it again.
        """
        try:
            turn = await _until_unique(lambda: self._receive(message))
        except TurnFailedError as failure:
            code = failure.code
            return await _until_unique(lambda: self._keep_failed(message, code))
        if turn.is_done:
            return turn
        drained = await self.drain(turn.conversation_id)
        mine = (done for done in drained if done.inbox_id == turn.inbox_id)
        return next(mine, None) or await self._as_stored(turn)

    async def drain(self, conversation_id: UUID) -> list[Turn]:
        """Answer a conversation's waiting messages, oldest first, until none waits or one fails."""
        drained: list[Turn] = []
        while (
            turn := await _until_unique(lambda: self._answer_oldest(conversation_id))
        ) is not None:
            drained.append(turn)
        return drained

    async def _receive(self, message: InboundMessage) -> Turn:
        crypto, received = self._db.crypto, stored.received(message)
        async with self._slots, self._db.engine.begin() as connection:
            snapshot = await turns.lock(
                connection, crypto, message.channel, message.address, received
            )
            if snapshot.repeat_of is not None:
                return await self._repeat(connection, snapshot, snapshot.repeat_of)
            decided: Outcome | Need | None = None
            if not snapshot.has_waiting:
                # The text as it came: what is stored has payment cards masked.
                decided = self._advance(snapshot, message.inbound, Facts())
            if not isinstance(decided, Outcome):
                await turns.leave_waiting(connection, crypto, snapshot)
                return Turn(received.id, snapshot.conversation_id, (), is_done=False)
            turn = await self._commit(connection, snapshot, decided)
        self._ring(turn)
        return turn

    async def _repeat(
        self, connection: AsyncConnection, snapshot: Snapshot, inbox_id: UUID
    ) -> Turn:
        is_done, rows = await turns.stored_replies(connection, self._db.crypto, inbox_id)
        replies = stored.queued(rows)
        return Turn(inbox_id, snapshot.conversation_id, replies, repeat=True, is_done=is_done)

    async def _as_stored(self, turn: Turn) -> Turn:
        """What became of a message that another process answered, or nobody yet."""
        async with self._db.engine.connect() as connection:
            found = await turns.stored_replies(connection, self._db.crypto, turn.inbox_id)
        return replace(turn, replies=stored.queued(found[1]), is_done=found[0])

    async def _keep_failed(self, message: InboundMessage, code: str) -> Turn:
        crypto, received = self._db.crypto, stored.received(message)
        async with self._slots, self._db.engine.begin() as connection:
            snapshot = await turns.lock(
                connection, crypto, message.channel, message.address, received
            )
            if snapshot.repeat_of is not None:
                return await self._repeat(connection, snapshot, snapshot.repeat_of)
            await turns.leave_waiting(connection, crypto, snapshot, code)
        return Turn(received.id, snapshot.conversation_id, (), is_done=False)

    async def _answer_oldest(self, conversation_id: UUID) -> Turn | None:
        try:
            tries: Counter[UUID] = Counter()
            while (snapshot := await self._read(conversation_id)) is not None:
                tries[snapshot.message.id] += 1
                if tries[snapshot.message.id] < PREPARE_TRIES:
                    decided = await self._decide(snapshot, Facts())
                    turn = await self._answer_locked(conversation_id, snapshot, decided)
                else:
                    turn = await self._answer_locked(conversation_id, None, None)
                if turn is not None:
                    return turn
            return None
        except TurnFailedError as failure:
            return await self._fail(conversation_id, failure.code)

    async def _read(self, conversation_id: UUID) -> Snapshot | None:
        crypto = self._db.crypto
        async with self._db.engine.connect() as connection:
            return await turns.oldest_waiting(connection, crypto, conversation_id, locked=False)

    async def _answer_locked(
        self, conversation_id: UUID, prepared: Snapshot | None, decided: Outcome | None
    ) -> Turn | None:
        """Commit what was prepared if nothing moved since; None when something did.

        With nothing prepared it is decided here and now, without understanding.
        """
        crypto = self._db.crypto
        async with self._slots, self._db.engine.begin() as connection:
            snapshot = await turns.oldest_waiting(connection, crypto, conversation_id, locked=True)
            if snapshot is None or (prepared is not None and not snapshot.is_as(prepared)):
                return None
            if decided is None:
                decided = await self._decide(snapshot, Facts(asked=True), connection)
            turn = await self._commit(connection, snapshot, decided)
        self._ring(turn)
        return turn

    async def _commit(
        self, connection: AsyncConnection, snapshot: Snapshot, outcome: Outcome
    ) -> Turn:
        now, language = self._clock.now(), outcome.state.language
        replies = self._word(snapshot, outcome.replies, language)
        rows = stored.written(snapshot, outcome, replies, now, self._draft_life)
        await turns.write(connection, self._db.crypto, snapshot, rows, now)
        inbox_id, here = snapshot.message.id, snapshot.conversation_id
        place = effects.Place(connection, self._db.crypto, here, inbox_id, now)
        await effects.write_effects(outcome.effects, place)
        return Turn(inbox_id, here, replies, language, outcome)

    async def _decide(
        self, snapshot: Snapshot, facts: Facts, connection: AsyncConnection | None = None
    ) -> Outcome:
        inbound = stored.inbound_of(snapshot)
        for _ in range(NEEDS_LIMIT):
            decided = self._advance(snapshot, inbound, facts)
            if isinstance(decided, Outcome):
                return decided
            facts = await self._look_up(decided, facts, snapshot, connection)
        raise TurnFailedError("too_many_needs")

    async def _look_up(
        self, need: Need, facts: Facts, snapshot: Snapshot, connection: AsyncConnection | None
    ) -> Facts:
        if isinstance(need, NeedUnderstanding):
            return replace(facts, understood=await self._understand(need.text), asked=True)
        if connection is None:
            async with self._db.engine.connect() as own:
                return await self._look_up(need, facts, snapshot, own)
        key = (need.reference, need.second_factor)
        here, now = snapshot.conversation_id, snapshot.message.received_at
        view = await pre_declarations.status(connection, self._db.crypto, *key, here, now)
        return replace(facts, statuses={**facts.statuses, key: view})

    async def _fail(self, conversation_id: UUID, code: str) -> Turn | None:
        """Count a failed try of the oldest message; the last one is answered with an apology."""
        crypto, now = self._db.crypto, self._clock.now()
        async with self._slots, self._db.engine.begin() as connection:
            snapshot = await turns.oldest_waiting(connection, crypto, conversation_id, locked=True)
            if snapshot is None:
                return None
            if snapshot.message.failures + 1 < FAILURE_LIMIT:
                await turns.count_failure(connection, snapshot.message.id, code)
                return None
            state = self._core.start(snapshot.state)
            replies = self._word(snapshot, (APOLOGY,), state.language)
            rows = stored.apology(snapshot, state.dump(), replies[0], code)
            await turns.write(connection, crypto, snapshot, rows, now)
        turn = Turn(snapshot.message.id, conversation_id, replies, state.language)
        self._ring(turn)
        return turn

    def _advance(self, snapshot: Snapshot, inbound: Inbound, facts: Facts) -> Outcome | Need:
        state, draft = self._core.start(snapshot.state), stored.draft_of(snapshot)
        try:
            return self._core.advance(state, draft, inbound, facts, self._world(snapshot))
        except Exception as error:
            raise self._failed(snapshot, error) from None

    def _word(
        self, snapshot: Snapshot, replies: Sequence[Reply], language: Language
    ) -> tuple[QueuedReply, ...]:
        channel, after = cast("Channel", snapshot.channel), snapshot.last_outbound_seq
        try:
            return stored.replies_of(self._core, replies, language, channel, after)
        except Exception as error:
            raise self._failed(snapshot, error) from None

    def _failed(self, snapshot: Snapshot, error: Exception) -> TurnFailedError:
        ids = {"inbox_id": str(snapshot.message.id)}
        log.error(
            "turn failed", conversation_id=str(snapshot.conversation_id), **ids, exc_info=error
        )
        return TurnFailedError(type(error).__name__)

    def _world(self, snapshot: Snapshot) -> World:
        # A relative date is meant as of the message's arrival, however late its turn comes.
        return World(
            now=local(snapshot.message.received_at),
            channel=cast("Channel", snapshot.channel),
            new_reference=self._draw_reference,
            new_id=lambda: str(new_id()),
            msisdn=snapshot.address if snapshot.address.startswith("+") else None,
            trial=self._settings.trial,
            retention_days=self._settings.retention_days,
            cndp_number=self._settings.cndp_number,
        )

    def _ring(self, turn: Turn) -> None:
        if turn.replies:
            self._wake()


async def _until_unique(attempt: Callable[[], Awaitable[T]]) -> T:
    """Run again when a unique key was taken: a drawn reference, or the same message elsewhere."""
    for _ in range(WRITE_TRIES - 1):
        try:
            return await attempt()
        except IntegrityError:
            log.warning("turn run again, a unique key was taken")
    return await attempt()
