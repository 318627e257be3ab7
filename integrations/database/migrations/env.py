"""Alembic's entry: runs versions on the connection that `migrate.py` hands in."""

from __future__ import annotations

from alembic import context

from integrations.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
