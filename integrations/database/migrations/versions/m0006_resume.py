"""Resume codes: where a code leads, who took a declaration up with one, wrong ones counted."""

from __future__ import annotations

from integrations.database.migrate import run_sql_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply m0006_resume.sql."""
    run_sql_beside(__file__)
