"""The turn's path through the database: one statement to lock and read, one to write.

They are what a turn costs. Order of locks, always: conversation, then draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from integrations.database.statements import Row, fetch
from integrations.database.turn_statements import (
    FAIL,
    LOCK,
    LOCK_BY_ID,
    LOCK_ITS_DRAFT,
    OLDEST,
    REPLIES,
    WAIT,
    write_turn,
)
from integrations.platform.crypto import Crypto
from integrations.platform.ids import new_id


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it is stored. `body` is JSON; `seq` its number in the conversation."""

    id: UUID
    provider: str
    provider_id: str
    token: str | None
    seq: int
    body: Mapping[str, Any]
    received_at: datetime
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A conversation as it was read, and the message whose turn it is.

    `draft` None: there is none, or it was erased.
    """

    conversation_id: UUID
    channel: str
    address: str
    version: int
    fence: int
    last_inbound_seq: int
    last_outbound_seq: int
    state: Mapping[str, Any] | None
    draft_id: UUID | None
    draft_version: int | None
    draft: Mapping[str, Any] | None
    message: Received
    has_waiting: bool = False
    repeat_of: UUID | None = None

    def is_as(self, other: Snapshot) -> bool:
        """Whether nothing that a turn depends on moved between the two readings."""
        return (self.version, self.draft_id, self.draft_version, self.message.id) == (
            other.version,
            other.draft_id,
            other.draft_version,
            other.message.id,
        )


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft to write."""

    id: UUID
    flow: str
    status: str
    body: Mapping[str, Any]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A reply to write; `body` is JSON with `text` and `choices`."""

    id: UUID
    seq: int
    kind: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """All that a turn leaves behind, for `write`. `draft` None: the draft is as it was."""

    state: Mapping[str, Any]
    draft_id: UUID | None
    draft: DraftRow | None
    replies: Sequence[ReplyRow]
    inline: bool
    error_code: str | None = None


def address_index(crypto: Crypto, provider: str, address: str) -> bytes:
    """Blind index of a sender. The console's people are nobody else's, whatever number they use."""
    return crypto.blind("console" if provider == "console" else "address", address)


async def lock(
    connection: AsyncConnection, crypto: Crypto, channel: str, address: str, message: Received
) -> Snapshot:
    """Get or make the sender's conversation, locked until the transaction ends."""
    conversation_id = new_id()
    parameters = {
        "id": conversation_id,
        "channel": channel,
        "provider": message.provider,
        "provider_id": message.provider_id,
        "token": message.token,
        "address_index": address_index(crypto, message.provider, address),
        "address_enc": crypto.seal("conversation", "address", conversation_id, address.encode()),
        "now": message.received_at,
    }
    while True:
        # No row: another process is just making the conversation. Not fresh: see LOCK.
        rows = await fetch(connection, LOCK, parameters=parameters)
        if rows and (row := rows[0]).fresh:
            return _snapshot(crypto, row, channel, address, message, row.last_inbound_seq + 1)


async def oldest_waiting(
    connection: AsyncConnection, crypto: Crypto, conversation_id: UUID, *, locked: bool
) -> Snapshot | None:
    """The oldest message that waits for its turn, with all that its turn depends on.

    Not `locked`: it is read outside of any transaction.
    """
    locks = (LOCK_BY_ID, LOCK_ITS_DRAFT) if locked else ()
    key = {"id": conversation_id}
    if not (rows := await fetch(connection, *locks, OLDEST, parameters=key, alone=not locked)):
        return None
    row = rows[0]
    address = crypto.open("conversation", "address", row.id, row.address_enc).decode()
    body = crypto.open_json("inbox", "body", row.inbox_id, row.body_enc)
    message = Received(
        *(row.inbox_id, row.provider, row.provider_id, row.idempotency_token, row.seq),
        *(body, row.received_at, row.failures),
    )
    return _snapshot(crypto, row, row.channel, address, message, row.seq)


async def leave_waiting(
    connection: AsyncConnection,
    crypto: Crypto,
    snapshot: Snapshot,
    error_code: str | None = None,
) -> None:
    """Store the message without a turn and commit; `error_code`: its first try failed with that."""
    message = snapshot.message
    parameters = {
        "id": message.id,
        "provider": message.provider,
        "provider_id": message.provider_id,
        "token": message.token,
        "conversation_id": snapshot.conversation_id,
        "body_enc": crypto.seal_json("inbox", "body", message.id, message.body),
        "received_at": message.received_at,
        "failures": 0 if error_code is None else 1,
        "error_code": error_code,
    }
    await fetch(connection, WAIT, parameters=parameters, ends=True)


async def count_failure(connection: AsyncConnection, inbox_id: UUID, error_code: str) -> None:
    """One more try of a waiting message failed; committed."""
    await fetch(connection, FAIL, parameters={"id": inbox_id, "error_code": error_code}, ends=True)


async def write(
    connection: AsyncConnection,
    crypto: Crypto,
    snapshot: Snapshot,
    turn: Written,
    now: datetime,
    *,
    is_last: bool = False,
) -> None:
    """Write the whole turn: state, draft, the message as answered, and its replies.

    `is_last`: nothing follows in this transaction, and it is committed in the same breath.
    """
    parameters, draft = _turn_parameters(crypto, snapshot, turn, now), turn.draft
    if draft is not None:
        owner = address_index(crypto, snapshot.message.provider, snapshot.address)
        parameters |= _draft_parameters(crypto, draft, owner)
    statement = write_turn(len(turn.replies), with_draft=draft is not None)
    await fetch(connection, statement, parameters=parameters, ends=is_last)


async def stored_replies(
    connection: AsyncConnection, crypto: Crypto, inbox_id: UUID
) -> tuple[bool, list[ReplyRow]]:
    """Whether a message has had its turn, and the replies to it that are still readable."""
    rows = await fetch(connection, REPLIES, parameters={"inbox_id": inbox_id}, alone=True)
    replies = [
        ReplyRow(
            row.id, row.seq, row.kind, crypto.open_json("outbox", "body", row.id, row.body_enc)
        )
        for row in rows
        if row.body_enc is not None
    ]
    return bool(rows) and rows[0].processed_at is not None, replies


def _turn_parameters(
    crypto: Crypto, snapshot: Snapshot, turn: Written, now: datetime
) -> dict[str, object]:
    message, replies = snapshot.message, turn.replies
    cid = snapshot.conversation_id
    return {
        "conversation_id": cid,
        "channel": snapshot.channel,
        "provider": message.provider,
        "provider_id": message.provider_id,
        "token": message.token,
        "address_enc": crypto.seal("conversation", "address", cid, snapshot.address.encode()),
        "state_enc": crypto.seal_json("conversation", "state", cid, turn.state),
        "draft_id": turn.draft_id,
        "inbox_id": message.id,
        "seq": message.seq,
        "body_enc": crypto.seal_json("inbox", "body", message.id, message.body),
        "received_at": message.received_at,
        "error_code": turn.error_code,
        "last_outbound_seq": snapshot.last_outbound_seq + len(replies),
        "fence": snapshot.fence,
        "inline": turn.inline,
        "now": now,
    } | _reply_parameters(crypto, replies)


def _reply_parameters(crypto: Crypto, replies: Sequence[ReplyRow]) -> dict[str, object]:
    found: dict[str, object] = {}
    for n, reply in enumerate(replies):
        sealed = crypto.seal_json("outbox", "body", reply.id, reply.body)
        values = {"id": reply.id, "seq": reply.seq, "kind": reply.kind, "body": sealed}
        found |= {f"reply_{name}_{n}": value for name, value in values.items()}
    return found


def _draft_parameters(crypto: Crypto, draft: DraftRow, owner: bytes) -> dict[str, object]:
    return {
        "owner_index": owner,
        "flow": draft.flow,
        "draft_status": draft.status,
        "draft_enc": crypto.seal_json("draft", "body", draft.id, draft.body),
        "expires_at": draft.expires_at,
    }


def _snapshot(
    crypto: Crypto, row: Row, channel: str, address: str, message: Received, seq: int
) -> Snapshot:
    return Snapshot(
        conversation_id=row.id,
        channel=channel,
        address=address,
        version=row.version,
        fence=row.fence,
        last_inbound_seq=row.last_inbound_seq,
        last_outbound_seq=row.last_outbound_seq,
        state=_open(crypto, "conversation", "state", row.id, row.state_enc),
        draft_id=row.draft_id,
        draft_version=row.draft_version,
        draft=_open(crypto, "draft", "body", row.draft_id, row.draft_enc),
        message=_numbered(message, seq),
        has_waiting=bool(getattr(row, "has_waiting", False)),
        repeat_of=getattr(row, "repeat_of", None),
    )


def _numbered(message: Received, seq: int) -> Received:
    return message if message.seq == seq else replace(message, seq=seq)


def _open(
    crypto: Crypto, table: str, column: str, row_id: UUID, token: bytes | None
) -> Mapping[str, Any] | None:
    if token is None:
        return None
    opened: Mapping[str, Any] = crypto.open_json(table, column, row_id, token)
    return opened
