"""The register: what was handed to it, what it said, how far its feed was read, its offices."""

from __future__ import annotations

from integrations.database.migrate import run_sql_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply m0007_register.sql."""
    run_sql_beside(__file__)
