"""What the tables share: their metadata, and the columns that many of them have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
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


def moment(name: str, nullable: bool = True) -> Column[object]:
    """A time in UTC."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def counter(name: str, start: int = 0) -> Column[int]:
    """A whole number that begins at `start`."""
    return Column(name, Integer, nullable=False, server_default=text(str(start)))


def one_of(column: str, *words: str) -> CheckConstraint:
    """A check that a column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def where(condition: str) -> dict[str, Any]:
    """An index of only some rows."""
    return {"postgresql_where": text(condition)}


def of_conversation(nullable: bool = False) -> Column[object]:
    """Of whose conversation a row is."""
    return Column("conversation_id", ForeignKey("conversation.id"), nullable=nullable)
