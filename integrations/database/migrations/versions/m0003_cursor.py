"""Where a catch-up goes on; the erasure of a reply that is just being sent."""

from __future__ import annotations

from integrations.database.migrate import run_sql_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply m0003_cursor.sql."""
    run_sql_beside(__file__)
