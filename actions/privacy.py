"""What a person may ask about their data: to see it, and to have it erased.

For the operator, on a request that was checked by other means; the citizen's own "forget this
phone" is an effect of the turn.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from integrations.database.effects import erase_sender
from integrations.database.engine import Database
from integrations.database.register_news import told
from integrations.database.turns import address_index
from integrations.platform.ids import new_id

_CONVERSATIONS = """
select id, channel, provider, created_at, last_inbound_at, opted_out from conversation
where address_index = :owner order by created_at
"""
_OF_THEM = "conversation_id in (select id from conversation where address_index = :owner)"
_RECEIVED = f"select id, received_at as at, body_enc from inbox where {_OF_THEM} order by at, id"  # noqa: S608
_SAID = f"select id, created_at as at, body_enc from outbox where {_OF_THEM} order by at, id"  # noqa: S608
_CONSENTS = f"select purpose, version, given, at from consent where {_OF_THEM} order by at"  # noqa: S608
_DRAFTS = """
select id, updated_at as at, body_enc from draft where owner_index = :owner
    or id in (select draft_id from draft_holder where owner_index = :owner) order by at
"""
_RECORDS = """
select id, reference, kind, status, created_at as at, body_enc, register_enc from pre_declaration
where owner_index = :owner order by at
"""
_ATTACHMENTS = """
select a.id, a.draft_id, a.kind, a.media_type, a.bytes, a.created_at as at, a.name_enc,
    a.content_enc
from attachment a join draft d on d.id = a.draft_id
where a.removed_at is null and (d.owner_index = :owner
    or d.id in (select draft_id from draft_holder where owner_index = :owner)) order by a.id
"""
# What is counted, by its column that erasing empties.
_COUNTED = {
    "conversations": ("id", _CONVERSATIONS),
    "received": ("body_enc", _RECEIVED),
    "said": ("body_enc", _SAID),
    "drafts": ("body_enc", _DRAFTS),
    "consents": ("at", _CONSENTS),
    "pre_declarations": ("body_enc", _RECORDS),
    "attachments": ("content_enc", _ATTACHMENTS),
}


async def export_sender(db: Database, address: str) -> dict[str, Any]:
    """Everything held about a sender, readable; JSON except for its times. Never log it."""
    parameters = {"owner": address_index(db.crypto, "", address)}
    async with db.engine.connect() as connection:

        async def rows(statement: str) -> list[Row[Any]]:
            return list((await connection.execute(text(statement), parameters)).all())

        return {
            "conversations": [row._asdict() for row in await rows(_CONVERSATIONS)],
            "received": [_opened(db, "inbox", row) for row in await rows(_RECEIVED)],
            "said": [_opened(db, "outbox", row) for row in await rows(_SAID)],
            "consents": [row._asdict() for row in await rows(_CONSENTS)],
            "drafts": [_opened(db, "draft", row) for row in await rows(_DRAFTS)],
            "pre_declarations": [_record(db, row) for row in await rows(_RECORDS)],
            "attachments": [_paper(db, row) for row in await rows(_ATTACHMENTS)],
        }


async def held(db: Database, address: str) -> dict[str, int]:
    """How much `export_sender` would show that still holds something; decrypts nothing."""
    parameters = {"owner": address_index(db.crypto, "", address)}
    async with db.engine.connect() as connection:
        counts = {}
        for name, (column, statement) in _COUNTED.items():
            counting = f"select count({column}) from ({statement}) as found"  # noqa: S608
            counts[name] = int((await connection.execute(text(counting), parameters)).scalar_one())
    return counts


async def erase(db: Database, address: str, now: datetime) -> int:
    """Erase what a sender wrote and was told, on every channel; how many conversations there were.

    Submitted pre-declarations keep their own term (docs/privacy).
    """
    owner = address_index(db.crypto, "", address)
    async with db.engine.begin() as connection:
        found = await connection.execute(
            text("select id from conversation where address_index = :owner for update"),
            {"owner": owner},
        )
        conversations = list(found.scalars())
        if conversations:
            # No message asked for this, so no reply of it is spared: a new id matches none.
            await erase_sender(connection, conversations[0], new_id(), now)
            await connection.execute(
                text("update conversation set state_enc = null where address_index = :owner"),
                {"owner": owner},
            )
    return len(conversations)


def _paper(db: Database, row: Row[Any]) -> dict[str, Any]:
    values = row._asdict()
    row_id, name, content = (values.pop(key) for key in ("id", "name_enc", "content_enc"))
    opened = db.crypto.open("attachment", "content", row_id, content)
    return {
        **values,
        "name": db.crypto.open("attachment", "name", row_id, name).decode(),
        "content": b64encode(opened).decode(),
    }


def _record(db: Database, row: Row[Any]) -> dict[str, Any]:
    values = _opened(db, "pre_declaration", row)
    register = told(db.crypto, row.id, values.pop("register_enc"))
    return {**values, "register": register}


def _opened(db: Database, table: str, row: Row[Any]) -> dict[str, Any]:
    values = row._asdict()
    row_id, token = values.pop("id"), values.pop("body_enc")
    body = None if token is None else db.crypto.open_json(table, "body", row_id, token)
    return {**values, "body": body}
