"""The tables, as SQLAlchemy Core. Times are UTC; ids come from `integrations.platform.ids`.

`*_enc` columns hold tokens of `integrations.platform.crypto`, bound to table, column and row id;
`*_index` columns hold blind indexes. Nothing else may hold what a citizen wrote or who they are.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)


def _at(name: str, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _count(name: str, start: int = 0) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text(str(start)))


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def _where(condition: str) -> dict[str, Any]:
    return {"postgresql_where": text(condition)}


def _conversation(nullable: bool = False) -> Column[object]:
    return Column("conversation_id", ForeignKey("conversation.id"), nullable=nullable)


draft = Table(
    "draft",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_index", LargeBinary, nullable=False, index=True),
    Column("flow", Text, nullable=False),
    Column("status", Text, nullable=False),
    _count("version", 1),
    Column("body_enc", LargeBinary),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
    _at("expires_at", nullable=False),
    _one_of("status", "open", "submitted", "cancelled", "expired", "erased"),
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
    _count("version"),
    # The right to speak: replies composed under an older fence are dropped by the sender.
    _count("fence"),
    # The last numbers given to an inbound and to an outbound message of this conversation.
    _count("last_inbound_seq"),
    _count("last_outbound_seq"),
    Column("state_enc", LargeBinary),
    Column("draft_id", ForeignKey("draft.id")),
    Column("opted_out", Boolean, nullable=False, server_default=text("false")),
    _at("created_at", nullable=False),
    _at("last_inbound_at"),
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
    _conversation(),
    Column("seq", Integer, nullable=False),
    Column("body_enc", LargeBinary),
    _at("received_at", nullable=False),
    _at("processed_at"),
    _count("failures"),
    Column("error_code", Text),
    UniqueConstraint("provider", "provider_id"),
    UniqueConstraint("provider", "idempotency_token"),
    UniqueConstraint("conversation_id", "seq"),
    Index("inbox_waiting_idx", "conversation_id", "seq", **_where("processed_at is null")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    _conversation(),
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
    _count("attempts"),
    _at("next_attempt_at", nullable=False),
    _at("claimed_at"),
    Column("provider_id", Text),
    Column("error_code", Text),
    Column("segments", SmallInteger),
    # It was `sending` when its sender asked to be forgotten: the text goes once its fate is known.
    Column("erase_asked", Boolean, nullable=False, server_default=text("false")),
    _at("created_at", nullable=False),
    _at("sent_at"),
    _at("delivered_at"),
    UniqueConstraint("conversation_id", "seq"),
    UniqueConstraint("provider", "provider_id"),
    _one_of("kind", "question", "answer", "notice", "code"),
    _one_of("state", "pending", "sending", "sent", "delivered", "failed", "uncertain", "dropped"),
    # The sender's queue, and the rows that hold up the later ones of their conversation.
    Index("outbox_pending_idx", "next_attempt_at", postgresql_where=text("state = 'pending'")),
    Index("outbox_open_idx", "conversation_id", "seq", **_where("state in ('pending', 'sending')")),
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
    _at("at", nullable=False),
)

# A citizen's browser: the cookie's token is found by its blind index, and is nowhere in the clear.
web_session = Table(
    "web_session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("token_index", LargeBinary, nullable=False, unique=True),
    Column("language", Text, nullable=False),
    _at("created_at", nullable=False),
    Column("last_active_at", DateTime(timezone=True), nullable=False, index=True),
    # What the conversation was told, and what was said in it, is shown only after these numbers.
    _count("shown_after"),
    _count("said_after"),
    _at("ended_at"),
)

# Until when everything that a provider received for a channel of ours is known to be in the inbox.
inbound_cursor = Table(
    "inbound_cursor",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    _at("complete_until", nullable=False),
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
    _at("received_at", nullable=False),
)

pre_declaration = Table(
    "pre_declaration",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("draft_id", ForeignKey("draft.id"), unique=True),
    # The register's dedupe key: the same on every try.
    Column("transaction_id", Uuid, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    _conversation(nullable=True),
    Column("owner_index", LargeBinary, nullable=False),
    Column("second_factor_index", LargeBinary),
    Column("sensitive", Boolean, nullable=False, server_default=text("false")),
    Column("body_enc", LargeBinary),
    Column("missing", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("status", Text, nullable=False, server_default="submitted"),
    Column("last_day", Date),
    _count("version", 1),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
)

# A paper of a declaration: a photo or a PDF, cleaned. Removed or erased, the row stays without its
# content, its name and its index.
attachment = Table(
    "attachment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("draft_id", ForeignKey("draft.id"), nullable=False),
    _conversation(),
    # Which paper of the list it is (`bot/flows/papers.toml`).
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    # How large the cleaned content is.
    Column("bytes", Integer, nullable=False),
    Column("content_enc", LargeBinary),
    Column("name_enc", LargeBinary),
    # Of the file as it came: the same one again under the same paper is the same attachment.
    Column("content_index", LargeBinary),
    _at("created_at", nullable=False),
    _at("removed_at"),
    Index(
        "attachment_present_idx",
        "draft_id",
        "kind",
        "content_index",
        unique=True,
        postgresql_where=text("removed_at is null"),
    ),
)

ticket = Table(
    "ticket",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    _conversation(),
    Column("reason", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("phone_enc", LargeBinary),
    Column("status", Text, nullable=False, server_default="open"),
    _at("created_at", nullable=False),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Uuid, primary_key=True),
    _conversation(),
    Column("purpose", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    _at("at", nullable=False),
    Index("consent_conversation_id_idx", "conversation_id", "at"),
)

# What a turn did beyond its replies, each once: the key says what "once" means for its kind.
effect = Table(
    "effect",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _conversation(nullable=True),
    _at("at", nullable=False),
    Index("effect_wrong_code_idx", "conversation_id", "at", **_where("kind = 'count_wrong_code'")),
)
