"""Receipts: which link leads to which submitted record."""

from __future__ import annotations

from integrations.database.migrate import run_sql_beside

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply m0008_receipts.sql."""
    run_sql_beside(__file__)
