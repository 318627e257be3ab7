"""The first schema: conversations, drafts, inbox, outbox, records and effects."""

from __future__ import annotations

from integrations.database.migrate import run_sql_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of m0001_initial.sql."""
    run_sql_beside(__file__)
