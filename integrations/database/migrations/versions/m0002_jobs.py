"""Procrastinate's schema, from the installed release, and our one doorway to its defer function."""

from __future__ import annotations

from procrastinate.schema import SchemaManager

from integrations.database.migrate import run_sql, run_sql_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create procrastinate's tables, then `defer_job` of m0002_jobs.sql.

    A later release of procrastinate brings its own SQL migrations; each becomes a version here.
    """
    run_sql(SchemaManager.get_schema())
    run_sql_beside(__file__)
