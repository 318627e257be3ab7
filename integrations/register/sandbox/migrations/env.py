"""Alembic's entry for the sandbox register: runs versions on the connection handed in."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema="register",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
