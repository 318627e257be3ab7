"""The sandbox register's first schema."""

from __future__ import annotations

from integrations.register.sandbox.migrate import run_sql_beside

revision = "r0001"
down_revision = None


def upgrade() -> None:
    """Apply r0001_initial.sql."""
    run_sql_beside(__file__)
