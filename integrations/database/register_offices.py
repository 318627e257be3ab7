"""Offices as the register listed them last, for when it is away and to ask it seldom. Public."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import text

from bot.register import Office
from integrations.database.engine import Database

_READ = text("select offices, read_at from register_offices where commune = :commune")

_KEEP = text("""
insert into register_offices (commune, offices, read_at)
values (:commune, cast(:offices as jsonb), :now)
on conflict (commune) do update set offices = excluded.offices, read_at = excluded.read_at
""")


@dataclass(frozen=True, slots=True)
class Known:
    """A list, and when the register gave it."""

    offices: tuple[Office, ...]
    read_at: datetime


async def read(db: Database, commune: str) -> Known | None:
    """The list of a commune; None when it was never asked for."""
    async with db.engine.connect() as connection:
        row = (await connection.execute(_READ, {"commune": commune})).first()
    if row is None:
        return None
    return Known(tuple(_office(each) for each in row.offices), row.read_at)


async def keep(db: Database, commune: str, offices: Sequence[Office], now: datetime) -> None:
    """Keep the list in the place of an older one."""
    listed = json.dumps([asdict(office) for office in offices], ensure_ascii=False)
    async with db.engine.begin() as connection:
        await connection.execute(_KEEP, {"commune": commune, "offices": listed, "now": now})


def _office(kept: dict[str, object]) -> Office:
    kinds = kept["kinds"]
    assert isinstance(kinds, list)
    return Office(**{**kept, "kinds": tuple(kinds)})  # type: ignore[arg-type]
