"""The turn: a verified message in, a committed answer out.

Most messages are received and answered in one transaction. One that needs a fact from outside is
stored first; the fact is looked up with no connection held; then the conversation is locked again
and, if nothing moved meanwhile, the turn is committed. Messages of one conversation are answered in
the order they were received, by whichever process gets there first.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from actions import effects, stored
from actions.core import Core
from actions.deciding import Decider, TurnFailedError, Understand
from actions.messages import InboundMessage, Turn
from bot.dialogue.messages import Facts, Need, Reply, Sentence
from bot.dialogue.turn import Outcome
from integrations.database import turns
from integrations.database.engine import Database
from integrations.database.turns import Snapshot
from integrations.platform.clock import Clock
from integrations.platform.ids import new_reference
from integrations.platform.logs import get_logger
from integrations.platform.settings import Settings

T = TypeVar("T")

WRITE_TRIES = 5  # a drawn reference that is taken makes the turn run again
PREPARE_TRIES = 3  # of one message; the third goes without understanding, under the lock
FAILURE_LIMIT = 3
APOLOGY = Reply((Sentence("error.internal"),), kind="answer")

log = get_logger(__name__)


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
        self._decider = Decider(db, core, settings, understand, draw_reference)
        self._wake = wake
        self._draft_life = stored.draft_life(settings)
        self._slots = asyncio.Semaphore(settings.turns_in_flight)
        # One answers a conversation's waiting messages, others wait: each would else ask
        # understanding about the same oldest one.
        self._draining: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def accept(self, message: InboundMessage) -> Turn:
        """Take a message in, and answer it at once when no fact is needed for it.

        When this returns, it is stored and never lost; `is_waiting`: `drain` answers it.
        Database errors are raised: nothing was stored then, and the provider must send it again.
        """
        try:
            return await _until_unique(lambda: self._receive(message))
        except TurnFailedError as failure:
            code = failure.code
            return await _until_unique(lambda: self._keep_failed(message, code))

    async def receive(self, message: InboundMessage) -> Turn:
        """Take a message in and wait for its answer. Raises as `accept`."""
        turn = await self.accept(message)
        if not turn.is_waiting:
            return turn
        drained = await self.drain(turn.conversation_id, turn.found)
        mine = (done for done in drained if done.inbox_id == turn.inbox_id)
        return next(mine, None) or await self._as_stored(turn)

    async def drain(self, conversation_id: UUID, found: Snapshot | None = None) -> list[Turn]:
        """Answer a conversation's waiting messages, oldest first, until none waits or one fails.

        `found`: what `accept` read for the oldest; it need not be read again if nothing moved.
        """
        drained: list[Turn] = []
        async with self._draining.setdefault(conversation_id, asyncio.Lock()):
            turn = await _until_unique(lambda: self._answer_oldest(conversation_id, found))
            while turn is not None:
                drained.append(turn)
                if not turn.has_more:
                    break
                turn = await _until_unique(lambda: self._answer_oldest(conversation_id))
        return drained

    async def _receive(self, message: InboundMessage) -> Turn:
        crypto, received = self._db.crypto, stored.received(message)
        async with self._slots, self._db.turn() as connection:
            snapshot = await turns.lock(
                connection, crypto, message.channel, message.address, received
            )
            if snapshot.repeat_of is not None:
                return await self._repeat(connection, snapshot, snapshot.repeat_of)
            decided: Outcome | Need | None = None
            if not snapshot.has_waiting:
                # The text as it came: what is stored has payment cards masked.
                decided = self._decider.advance(snapshot, message.inbound, Facts())
            if not isinstance(decided, Outcome):
                await turns.leave_waiting(connection, crypto, snapshot)
                found = None if snapshot.has_waiting else snapshot
                here = snapshot.conversation_id
                return Turn(received.id, here, (), is_done=False, found=found)
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
        async with self._slots, self._db.turn() as connection:
            snapshot = await turns.lock(
                connection, crypto, message.channel, message.address, received
            )
            if snapshot.repeat_of is not None:
                return await self._repeat(connection, snapshot, snapshot.repeat_of)
            await turns.leave_waiting(connection, crypto, snapshot, code)
        return Turn(received.id, snapshot.conversation_id, (), is_done=False, failed=True)

    async def _answer_oldest(
        self, conversation_id: UUID, found: Snapshot | None = None
    ) -> Turn | None:
        try:
            tries: Counter[UUID] = Counter()
            while (snapshot := found or await self._read(conversation_id)) is not None:
                found = None
                tries[snapshot.message.id] += 1
                if tries[snapshot.message.id] < PREPARE_TRIES:
                    decided = await self._decider.decide(snapshot, Facts())
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
        async with self._slots, self._db.turn() as connection:
            return await turns.oldest_waiting(connection, crypto, conversation_id, locked=False)

    async def _answer_locked(
        self, conversation_id: UUID, prepared: Snapshot | None, decided: Outcome | None
    ) -> Turn | None:
        """Commit what was prepared if nothing moved since; None when something did.

        With nothing prepared it is decided here and now, without understanding.
        """
        crypto = self._db.crypto
        async with self._slots, self._db.turn() as connection:
            snapshot = await turns.oldest_waiting(connection, crypto, conversation_id, locked=True)
            if snapshot is None or (prepared is not None and not snapshot.is_as(prepared)):
                return None
            if decided is None:
                decided = await self._decider.decide(snapshot, Facts(asked=True), connection)
            turn = await self._commit(connection, snapshot, decided)
        self._ring(turn)
        return turn

    async def _commit(
        self, connection: AsyncConnection, snapshot: Snapshot, outcome: Outcome
    ) -> Turn:
        now, language = self._clock.now(), outcome.state.language
        replies = self._decider.word(snapshot, outcome.replies, language)
        rows = stored.written(snapshot, outcome, replies, now, self._draft_life)
        is_last = not outcome.effects
        await turns.write(connection, self._db.crypto, snapshot, rows, now, is_last=is_last)
        inbox_id, here = snapshot.message.id, snapshot.conversation_id
        place = effects.Place(
            connection, self._db.crypto, here, inbox_id, now, language, outcome.draft
        )
        await effects.write_effects(outcome.effects, place)
        more = snapshot.has_waiting
        return Turn(inbox_id, here, replies, language, outcome, has_more=more)

    async def _fail(self, conversation_id: UUID, code: str) -> Turn | None:
        """Count a failed try of the oldest message; the last one is answered with an apology."""
        crypto, now = self._db.crypto, self._clock.now()
        async with self._slots, self._db.turn() as connection:
            snapshot = await turns.oldest_waiting(connection, crypto, conversation_id, locked=True)
            if snapshot is None:
                return None
            if snapshot.message.failures + 1 < FAILURE_LIMIT:
                await turns.count_failure(connection, snapshot.message.id, code)
                return None
            state = self._core.start(snapshot.state)
            replies = self._decider.word(snapshot, (APOLOGY,), state.language)
            rows = stored.apology(snapshot, state.dump(), replies[0], code)
            await turns.write(connection, crypto, snapshot, rows, now)
        turn = Turn(snapshot.message.id, conversation_id, replies, state.language)
        self._ring(turn)
        return turn

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
