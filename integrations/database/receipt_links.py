"""Links to the form of a submission: kept as blind indexes, told again to whoever submitted.

A link opens while its record stands: not withdrawn, rejected or erased, and a few days beyond the
last day. Nothing else is stored of it; whether it lives is asked of the record each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from integrations.database.engine import Database
from integrations.platform.clock import local
from integrations.platform.crypto import Crypto
from integrations.platform.ids import new_id
from integrations.platform.settings import Settings

LIVES = """
(p.body_enc is not null and p.withdraw_asked_at is null
    and p.status not in ('rejected', 'withdrawn', 'expired')
    and coalesce(p.last_day + cast(:receipt_days as int),
        cast(p.created_at at time zone 'Africa/Casablanca' as date) + cast(:retention_days as int)
    ) >= :today)
"""

_KEEP = text("""
insert into receipt (id, pre_declaration_id, token_index, token_enc, created_at)
select :id, p.id, :token_index, :token_enc, :now from pre_declaration p
where p.reference = :reference on conflict (pre_declaration_id) do nothing
""")

# Told to whom it was told before: the sender who submitted, or who holds the same draft now.
_TOKEN = text(f"""
select r.id, r.token_enc from receipt r join pre_declaration p on p.id = r.pre_declaration_id
join conversation c on c.id = :conversation_id
where p.reference = :reference and {LIVES}
    and (p.owner_index = c.address_index or p.draft_id = c.draft_id)
""")  # noqa: S608 - our own words

_FIND = text(f"""
select p.*, d.body_enc as draft_enc, array(
    select distinct a.kind from attachment a
    where a.draft_id = p.draft_id and a.removed_at is null) as attached
from receipt r join pre_declaration p on p.id = r.pre_declaration_id
left join draft d on d.id = p.draft_id
where r.token_index = :token_index and {LIVES}
""")  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Declared:
    """A record as its form shows it: `said` are the notes of its conversation, `attached` the
    papers that came with it. Never log it."""

    kind: str
    reference: str
    values: Mapping[str, Any]
    last_day: date | None
    sent_at: datetime
    attached: frozenset[str]
    said: tuple[str, ...]


def lifetimes(settings: Settings, now: datetime) -> dict[str, object]:
    """What `LIVES` is asked with."""
    return {
        "receipt_days": settings.receipt_days,
        "retention_days": settings.retention_days,
        "today": local(now).date(),
    }


async def keep(
    connection: AsyncConnection, crypto: Crypto, reference: str, token: str, now: datetime
) -> None:
    """Let a token lead to a submission: the first one that is given does. IntegrityError: taken."""
    row_id = new_id()
    parameters = {
        "id": row_id,
        "reference": reference,
        "token_index": _index(crypto, token),
        "token_enc": crypto.seal("receipt", "token", row_id, token.encode()),
        "now": now,
    }
    await connection.execute(_KEEP, parameters)


@dataclass(frozen=True, slots=True)
class Links:
    """Looks links up, as long as the settings let them live."""

    crypto: Crypto
    settings: Settings

    async def token(
        self, connection: AsyncConnection, reference: str, conversation_id: UUID, now: datetime
    ) -> str | None:
        """The token of a submission of this sender, while it opens anything."""
        parameters = {"reference": reference, "conversation_id": conversation_id}
        asked = parameters | lifetimes(self.settings, now)
        row = (await connection.execute(_TOKEN, asked)).first()
        if row is None:
            return None
        return self.crypto.open("receipt", "token", row.id, row.token_enc).decode()

    async def find(self, db: Database, token: str, now: datetime) -> Declared | None:
        """The record that a token leads to; None whatever the reason."""
        asked = {"token_index": _index(self.crypto, token)} | lifetimes(self.settings, now)
        async with db.engine.connect() as connection:
            row = (await connection.execute(_FIND, asked)).first()
        if row is None:
            return None
        body = self.crypto.open_json("pre_declaration", "body", row.id, row.body_enc)
        return Declared(
            kind=row.kind,
            reference=row.reference,
            values=body["values"],
            last_day=row.last_day,
            sent_at=row.created_at,
            attached=frozenset(row.attached),
            said=self._said(row.draft_id, row.draft_enc),
        )

    def _said(self, draft_id: UUID, draft_enc: bytes | None) -> tuple[str, ...]:
        if draft_enc is None:
            return ()
        return tuple(self.crypto.open_json("draft", "body", draft_id, draft_enc)["said"])


def _index(crypto: Crypto, token: str) -> bytes:
    return crypto.blind("receipt", token)
