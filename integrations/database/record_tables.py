"""The tables of what was declared and of what became of it. The rules of `tables` hold here too."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from integrations.database.columns import counter, metadata, moment, of_conversation, where

pre_declaration = Table(
    "pre_declaration",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("draft_id", ForeignKey("draft.id"), unique=True),
    # The register's dedupe key: the same on every try.
    Column("transaction_id", Uuid, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    of_conversation(nullable=True),
    Column("owner_index", LargeBinary, nullable=False),
    Column("second_factor_index", LargeBinary),
    Column("sensitive", Boolean, nullable=False, server_default=text("false")),
    Column("body_enc", LargeBinary),
    Column("missing", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("status", Text, nullable=False, server_default="submitted"),
    Column("last_day", Date),
    counter("version", 1),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    # How far the record has come at the register (`register_statuses.RANKS`); never goes down.
    Column("status_rank", SmallInteger, nullable=False, server_default=text("0")),
    # The newest version that the register took, and the one that it will never take, with its code.
    counter("transmitted_version"),
    moment("transmitted_at"),
    Column("refused_version", Integer),
    Column("refusal_code", Text),
    # The citizen wants it back; an officer may have been faster.
    moment("withdraw_asked_at"),
    moment("opened_at"),
    # Where in the feed the last word about a correction stood, and whether it was answered.
    Column("correction_cursor", BigInteger, nullable=False, server_default=text("0")),
    Column("correction_answered", Boolean, nullable=False, server_default=text("false")),
    # What the register told beside the status: office, reason, act, steps to correct.
    Column("register_enc", LargeBinary),
    Index("pre_declaration_refused_idx", "refusal_code", **where("refusal_code is not null")),
)

# The link to the form of a submission; a row that is gone, and a record that is, lead nowhere.
receipt = Table(
    "receipt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pre_declaration_id", ForeignKey("pre_declaration.id"), nullable=False, unique=True),
    Column("token_index", LargeBinary, nullable=False, unique=True),
    # To tell the same link again to whoever submitted.
    Column("token_enc", LargeBinary, nullable=False),
    moment("created_at", nullable=False),
)

# A paper of a declaration: a photo or a PDF, cleaned. Removed or erased, the row stays without its
# content, its name and its index.
attachment = Table(
    "attachment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("draft_id", ForeignKey("draft.id"), nullable=False),
    of_conversation(),
    # Which paper of the list it is (`bot/flows/papers.toml`).
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    # How large the cleaned content is.
    Column("bytes", Integer, nullable=False),
    Column("content_enc", LargeBinary),
    Column("name_enc", LargeBinary),
    # Of the file as it came: the same one again under the same paper is the same attachment.
    Column("content_index", LargeBinary),
    moment("created_at", nullable=False),
    moment("removed_at"),
    # When the register took it, when it gave it up again, and why it never takes it.
    moment("transmitted_at"),
    moment("taken_back_at"),
    Column("refusal_code", Text),
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
    of_conversation(),
    Column("reason", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("phone_enc", LargeBinary),
    Column("status", Text, nullable=False, server_default="open"),
    moment("created_at", nullable=False),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Uuid, primary_key=True),
    of_conversation(),
    Column("purpose", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    moment("at", nullable=False),
    Index("consent_conversation_id_idx", "conversation_id", "at"),
)

# What a turn did beyond its replies, each once: the key says what "once" means for its kind.
effect = Table(
    "effect",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    of_conversation(nullable=True),
    moment("at", nullable=False),
    Index("effect_wrong_code_idx", "conversation_id", "at", **where("kind = 'count_wrong_code'")),
)

# What the register told, each once: its event's own id is the key.
register_event = Table(
    "register_event",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("transaction_id", Uuid, nullable=False),
    moment("at", nullable=False),
    moment("received_at", nullable=False),
    # moved: a status changed; noted: it changed none; handled: a type we do not know; foreign: of
    # nothing we keep.
    Column("outcome", Text, nullable=False),
)

# How far the feed was read.
register_cursor = Table(
    "register_cursor",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
    moment("read_at", nullable=False),
)

# Signatures of webhooks taken within the last minutes: each counts once.
register_hook = Table(
    "register_hook",
    metadata,
    Column("signature", Text, primary_key=True),
    moment("received_at", nullable=False),
)

# Offices of a commune as the register listed them last.
register_offices = Table(
    "register_offices",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("offices", JSONB, nullable=False),
    moment("read_at", nullable=False),
)
