"""The store: tables, migrations and repositories on PostgreSQL. Knows nothing of conversations."""
