"""The tables, as SQLAlchemy Core. Times are UTC; ids come from `integrations.platform.ids`.

`*_enc` columns hold tokens of `integrations.platform.crypto`, bound to table, column and row id;
`*_index` columns hold blind indexes. Nothing else may hold what a citizen wrote or who they are.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

import integrations.database.record_tables  # noqa: F401  # so that the metadata holds them all
from integrations.database.columns import counter, metadata, moment, of_conversation, one_of, where

__all__ = ["metadata"]

draft = Table(
    "draft",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_index", LargeBinary, nullable=False, index=True),
    Column("flow", Text, nullable=False),
    Column("status", Text, nullable=False),
    counter("version", 1),
    Column("body_enc", LargeBinary),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    moment("expires_at", nullable=False),
    one_of("status", "open", "submitted", "cancelled", "expired", "erased"),
    Index("draft_expiring_idx", "expires_at", postgresql_where=text("body_enc is not null")),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("address_index", LargeBinary, nullable=False),
    Column("address_enc", LargeBinary),
    # Moves with every committed turn; what was prepared for an older version is prepared again.
    counter("version"),
    # The right to speak: replies composed under an older fence are dropped by the sender.
    counter("fence"),
    # The last numbers given to an inbound and to an outbound message of this conversation.
    counter("last_inbound_seq"),
    counter("last_outbound_seq"),
    Column("state_enc", LargeBinary),
    Column("draft_id", ForeignKey("draft.id")),
    Column("opted_out", Boolean, nullable=False, server_default=text("false")),
    moment("created_at", nullable=False),
    moment("last_inbound_at"),
    UniqueConstraint("channel", "address_index"),
    Index("conversation_address_index_idx", "address_index"),
    # A turn rewrites the row: room on the page keeps the rewrite out of the indexes.
    postgresql_with={"fillfactor": "70"},
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("idempotency_token", Text),
    of_conversation(),
    Column("seq", Integer, nullable=False),
    Column("body_enc", LargeBinary),
    moment("received_at", nullable=False),
    moment("processed_at"),
    counter("failures"),
    Column("error_code", Text),
    UniqueConstraint("provider", "provider_id"),
    UniqueConstraint("provider", "idempotency_token"),
    UniqueConstraint("conversation_id", "seq"),
    Index("inbox_waiting_idx", "conversation_id", "seq", **where("processed_at is null")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    of_conversation(),
    Column("seq", Integer, nullable=False),
    # The inbound message this answers; null for what we begin ourselves.
    Column("inbox_id", ForeignKey("inbox.id"), index=True),
    Column("channel", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("body_enc", LargeBinary),
    Column("fence", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    # How far the provider's receipts have come (`receipts.RANKS`); never goes down.
    Column("rank", SmallInteger, nullable=False, server_default=text("0")),
    counter("attempts"),
    moment("next_attempt_at", nullable=False),
    moment("claimed_at"),
    Column("provider_id", Text),
    Column("error_code", Text),
    Column("segments", SmallInteger),
    # It was `sending` when its sender asked to be forgotten: the text goes once its fate is known.
    Column("erase_asked", Boolean, nullable=False, server_default=text("false")),
    moment("created_at", nullable=False),
    moment("sent_at"),
    moment("delivered_at"),
    UniqueConstraint("conversation_id", "seq"),
    UniqueConstraint("provider", "provider_id"),
    one_of("kind", "question", "answer", "notice", "code"),
    one_of("state", "pending", "sending", "sent", "delivered", "failed", "uncertain", "dropped"),
    # The sender's queue, and the rows that hold up the later ones of their conversation.
    Index("outbox_pending_idx", "next_attempt_at", postgresql_where=text("state = 'pending'")),
    Index("outbox_open_idx", "conversation_id", "seq", **where("state in ('pending', 'sending')")),
)

# Where a resume code leads, as long as its draft lives. The code itself stands in the draft alone.
resume_code = Table(
    "resume_code",
    metadata,
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("code_index", LargeBinary, nullable=False, unique=True),
)

# Who took a draft up by its code: it is erased for them too, as for the one who began it.
draft_holder = Table(
    "draft_holder",
    metadata,
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("owner_index", LargeBinary, primary_key=True, index=True),
    moment("at", nullable=False),
)

# A citizen's browser: the cookie's token is found by its blind index, and is nowhere in the clear.
web_session = Table(
    "web_session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("token_index", LargeBinary, nullable=False, unique=True),
    Column("language", Text, nullable=False),
    moment("created_at", nullable=False),
    Column("last_active_at", DateTime(timezone=True), nullable=False, index=True),
    # What the conversation was told, and what was said in it, is shown only after these numbers.
    counter("shown_after"),
    counter("said_after"),
    moment("ended_at"),
)

# Until when everything that a provider received for a channel of ours is known to be in the inbox.
inbound_cursor = Table(
    "inbound_cursor",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    moment("complete_until", nullable=False),
)

# A delivery receipt that came before its message's provider id was stored.
early_receipt = Table(
    "early_receipt",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("provider_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("error_code", Text),
    moment("received_at", nullable=False),
)
