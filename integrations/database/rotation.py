"""Seals again, under the current key, what an older key sealed; then the old key may be dropped."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Table, func, literal, select, update

from integrations.database.engine import Database
from integrations.database.tables import metadata

BATCH = 200
FEW = 4  # of what may hold megabytes, so many at a time
LARGE = frozenset({"attachment.content_enc"})
ENCRYPTED = "_enc"


def sealed_columns() -> Iterator[tuple[Table, Column[bytes]]]:
    """Every column that holds tokens."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith(ENCRYPTED):
                yield table, column


async def reencrypt(db: Database) -> int:
    """Seal every token of an older key again; how many there were. Runs beside the service."""
    count = 0
    for table, column in sealed_columns():
        while done := await _batch(db, table, column):
            count += done
    return count


async def _batch(db: Database, table: Table, column: Column[bytes]) -> int:
    # Bytes 2 and 3 of a token are its key's version.
    version = func.substring(column, literal(2), literal(2))
    old = (
        select(table.c.id, column)
        .where(version != db.crypto.current_version)
        .limit(FEW if str(column) in LARGE else BATCH)
        .with_for_update(of=table)
    )
    name = column.name.removesuffix(ENCRYPTED)
    async with db.engine.begin() as connection:
        rows = (await connection.execute(old)).all()
        for row_id, token in rows:
            value = db.crypto.open(table.name, name, row_id, token)
            sealed = db.crypto.seal(table.name, name, row_id, value)
            await connection.execute(
                update(table).where(table.c.id == row_id).values({column.name: sealed})
            )
    return len(rows)
