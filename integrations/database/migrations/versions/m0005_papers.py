"""Papers attached to a declaration: photos and PDFs, cleaned and encrypted."""

from __future__ import annotations

from integrations.database.migrate import run_sql_beside

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply m0005_papers.sql."""
    run_sql_beside(__file__)
