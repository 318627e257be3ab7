"""What the register's job reads of a record and writes when it was handed over.

No connection is held while the register is called; so each statement here says what it may change
by itself, and a newer version, a withdrawal or an officer may have come in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from bot.register import PreDeclaration
from integrations.database.engine import Database
from integrations.database.register_news import END, News, learn

_FIND = text("select * from pre_declaration where id = :id")

_TAKEN = text("""
update pre_declaration set transmitted_at = :now,
    transmitted_version = greatest(transmitted_version, :version),
    refusal_code = case when refused_version > :version then refusal_code end,
    refused_version = case when refused_version > :version then refused_version end
where id = :id
""")

_REFUSED = text("""
update pre_declaration set refused_version = :version, refusal_code = :code
where id = :id and coalesce(refused_version, 0) <= :version
""")

_FORGOTTEN = text("update pre_declaration set transmitted_version = 0 where id = :id")

_WITHDRAWAL_ENDED = text("""
update pre_declaration set withdraw_asked_at = null,
    body_enc = case when :withdrawn then null else body_enc end,
    register_enc = case when :withdrawn then null else register_enc end,
    status = case when :withdrawn and status_rank < :rank then 'withdrawn' else status end,
    status_rank = case when :withdrawn then greatest(status_rank, :rank) else status_rank end
where id = :id
""")

_ERASE_PAPERS = text("""
update attachment set content_enc = null, name_enc = null, content_index = null,
    removed_at = coalesce(removed_at, :now)
where content_enc is not null
    and draft_id = (select draft_id from pre_declaration where id = :id)
""")

# What is there and was not handed over, and what was taken away since the record was sent.
_PAPERS = text("""
select a.id, a.removed_at is not null as is_removed
from attachment a join pre_declaration p on p.draft_id = a.draft_id
where p.id = :id and a.refusal_code is null and (
    (a.removed_at is null and a.content_enc is not null and a.transmitted_at is null)
    or (a.removed_at >= p.created_at and a.taken_back_at is null)
)
order by a.id
""")

_PAPER_TAKEN = text("""
update attachment set transmitted_at = :now, taken_back_at = null where id = :id
""")
_PAPER_TAKEN_BACK = text("update attachment set taken_back_at = :now where id = :id")
_PAPER_REFUSED = text("update attachment set refusal_code = :code where id = :id")


@dataclass(frozen=True, slots=True)
class Transmission:
    """A record as its job finds it. `content` None: it was erased. Never log `content`.

    `is_there`: the register has taken a version; `is_untold`: not the newest, and it may yet.
    """

    id: UUID
    transaction_id: UUID
    draft_id: UUID | None
    version: int
    is_there: bool
    is_untold: bool
    is_wanted_back: bool
    is_ended: bool
    content: PreDeclaration | None

    @property
    def is_unwanted(self) -> bool:
        """Whether the register shall not have it: it was erased with us, or is asked back."""
        return self.is_wanted_back or self.content is None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that the register does not have yet, or has no longer to have."""

    id: UUID
    is_removed: bool


async def find(db: Database, record_id: UUID) -> Transmission | None:
    """The record; None when there is none of that id."""
    async with db.engine.connect() as connection:
        row = (await connection.execute(_FIND, {"id": record_id})).first()
    if row is None:
        return None
    return Transmission(
        row.id,
        row.transaction_id,
        row.draft_id,
        row.version,
        is_there=row.transmitted_version > 0,
        is_untold=row.version > max(row.transmitted_version, row.refused_version or 0),
        is_wanted_back=row.withdraw_asked_at is not None,
        is_ended=row.status_rank >= END,
        content=None if row.body_enc is None else _content(db, row),
    )


async def taken(db: Database, found: Transmission, news: News, now: datetime) -> None:
    """The register took this version, and said how the record stands."""
    parameters = {"id": found.id, "version": found.version, "now": now}
    async with db.engine.begin() as connection:
        await connection.execute(_TAKEN, parameters)
        await learn(connection, db.crypto, found.transaction_id, news)


async def refused(db: Database, found: Transmission, code: str, news: News | None) -> None:
    """The register will never take this version; `news`: how the record stands there."""
    parameters = {"id": found.id, "version": found.version, "code": code}
    async with db.engine.begin() as connection:
        await connection.execute(_REFUSED, parameters)
        if news is not None:
            await learn(connection, db.crypto, found.transaction_id, news)


async def forgotten(db: Database, found: Transmission) -> None:
    """The register has lost the record: it is handed over again."""
    async with db.engine.begin() as connection:
        await connection.execute(_FORGOTTEN, {"id": found.id})


async def withdrawn(db: Database, found: Transmission, now: datetime) -> None:
    """The register gave it back: nothing of it is kept but its number and its end."""
    async with db.engine.begin() as connection:
        await connection.execute(_WITHDRAWAL_ENDED, _withdrawal(found, withdrawn=True))
        await connection.execute(_ERASE_PAPERS, {"id": found.id, "now": now})


async def not_withdrawn(db: Database, found: Transmission, news: News | None) -> None:
    """An officer was faster: the record stays."""
    async with db.engine.begin() as connection:
        await connection.execute(_WITHDRAWAL_ENDED, _withdrawal(found, withdrawn=False))
        if news is not None:
            await learn(connection, db.crypto, found.transaction_id, news)


async def papers(db: Database, record_id: UUID) -> list[Paper]:
    """What is still to do about the record's papers, oldest first."""
    async with db.engine.connect() as connection:
        rows = await connection.execute(_PAPERS, {"id": record_id})
        return [Paper(row.id, row.is_removed) for row in rows]


async def paper_taken(db: Database, paper: Paper, now: datetime) -> None:
    """The register did as it was asked: took it, or took it away."""
    statement = _PAPER_TAKEN_BACK if paper.is_removed else _PAPER_TAKEN
    async with db.engine.begin() as connection:
        await connection.execute(statement, {"id": paper.id, "now": now})


async def paper_refused(db: Database, paper: Paper, code: str) -> None:
    """The register will never take it."""
    async with db.engine.begin() as connection:
        await connection.execute(_PAPER_REFUSED, {"id": paper.id, "code": code})


def _withdrawal(found: Transmission, *, withdrawn: bool) -> dict[str, object]:
    return {"id": found.id, "withdrawn": withdrawn, "rank": END}


def _content(db: Database, row: Row[Any]) -> PreDeclaration:
    body = db.crypto.open_json("pre_declaration", "body", row.id, row.body_enc)
    return PreDeclaration(
        transaction_id=row.transaction_id,
        reference=row.reference,
        kind=row.kind,
        version=row.version,
        language=body.get("language", "ar"),  # of a record that an older release wrote
        values=body["values"],
        missing=tuple(row.missing),
        last_day=row.last_day,
        papers=tuple((kind, brought) for kind, brought in body.get("papers", ())),
    )
