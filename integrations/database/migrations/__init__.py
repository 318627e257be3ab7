"""Alembic's folder. Each version is Python beside one SQL file, so that it is read as it runs."""
