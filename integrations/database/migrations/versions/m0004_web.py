"""Sessions of the web chat: whose cookie it is, and what of the talk may still be shown."""

from __future__ import annotations

from integrations.database.migrate import run_sql_beside

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply m0004_web.sql."""
    run_sql_beside(__file__)
