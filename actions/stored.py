"""How messages, drafts and replies are stored, and read back into the conversation's own words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from actions.core import Core, without_cards
from actions.messages import InboundMessage, QueuedReply
from bot.answers.result import Language
from bot.dialogue.messages import Channel, Inbound, Reply
from bot.dialogue.state import Draft
from bot.dialogue.turn import Outcome
from integrations.database.outbox import choices_of
from integrations.database.turns import DraftRow, Received, ReplyRow, Snapshot, Written
from integrations.platform.ids import new_id
from integrations.platform.settings import Settings

Life = Callable[[Draft], timedelta]


def received(message: InboundMessage) -> Received:
    """The message as it is stored: without payment card numbers."""
    inbound = message.inbound
    body = {
        "text": without_cards(inbound.text),
        "choice": inbound.choice,
        "media": inbound.media,
        "language": inbound.language,
        "inline": message.inline,
        "spoken": message.spoken,
    }
    return Received(
        new_id(),
        message.provider,
        message.provider_id,
        message.idempotency_token,
        0,
        body,
        message.received_at,
    )


def inbound_of(snapshot: Snapshot) -> Inbound:
    """What the citizen sent, as it was stored."""
    body = snapshot.message.body
    return Inbound(body["text"], body["choice"], body["media"], body.get("language"))


def draft_of(snapshot: Snapshot) -> Draft | None:
    """The draft the conversation points to."""
    return None if snapshot.draft is None else Draft.load(snapshot.draft)


def replies_of(
    core: Core,
    replies: Sequence[Reply],
    language: Language,
    channel: Channel,
    after: int,
) -> tuple[QueuedReply, ...]:
    """The replies in words, numbered on from `after`."""
    return tuple(
        QueuedReply(new_id(), seq, reply.kind, shown.text, tuple(shown.choices), shown.card)
        for seq, (reply, shown) in enumerate(core.word(replies, language, channel), after + 1)
    )


def queued(rows: Sequence[ReplyRow]) -> tuple[QueuedReply, ...]:
    """Replies as they were stored."""
    return tuple(
        QueuedReply(
            row.id, row.seq, row.kind, row.body["text"], choices_of(row.body), row.body.get("card")
        )
        for row in rows
    )


def written(
    snapshot: Snapshot,
    outcome: Outcome,
    replies: Sequence[QueuedReply],
    now: datetime,
    life: Life,
) -> Written:
    """All that a decided turn leaves behind."""
    draft = outcome.draft
    return Written(
        state=outcome.state.dump(),
        draft_id=None if draft is None else UUID(draft.id),
        draft=None if draft is None else _changed_draft(snapshot, draft, now + life(draft)),
        replies=[_row(reply) for reply in replies],
        inline=bool(snapshot.message.body["inline"]),
    )


def draft_life(settings: Settings) -> Life:
    """How long a draft is kept after a message that changed it: longer where it has a code."""
    plain, coded = timedelta(days=settings.draft_days), timedelta(days=settings.resume_days)
    return lambda draft: max(plain, coded) if draft.resume_code else plain


def apology(snapshot: Snapshot, state: dict[str, Any], reply: QueuedReply, code: str) -> Written:
    """What a message leaves behind that cannot be answered: everything as it was, and a word."""
    return Written(
        state=state,
        draft_id=snapshot.draft_id,
        draft=None,
        replies=[_row(reply)],
        inline=bool(snapshot.message.body["inline"]),
        error_code=code,
    )


def _changed_draft(snapshot: Snapshot, draft: Draft, expires_at: datetime) -> DraftRow | None:
    body = draft.dump()
    if body == snapshot.draft:
        return None
    return DraftRow(UUID(draft.id), draft.flow, draft.status, body, expires_at)


def _row(reply: QueuedReply) -> ReplyRow:
    body: dict[str, Any] = {"text": reply.text, "choices": reply.choices}
    if reply.card:
        body["card"] = reply.card
    return ReplyRow(reply.id, reply.seq, reply.kind, body)
