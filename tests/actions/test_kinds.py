"""Whose document opens the status of each kind of record, and when the phone alone is enough."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from integrations.database import pre_declarations
from integrations.database.engine import Database
from integrations.database.pre_declarations import Submission
from integrations.platform.settings import Settings
from tests.support.counting import NOW, handler, message, new_phone

HIS = {"kind": "cnie", "number": "AD112233", "country": "MA"}
HERS = {"kind": "cnie", "number": "AD445566", "country": "MA"}
MINE = {"kind": "cnie", "number": "AD234511", "country": "MA"}
DEATH: dict[str, Any] = {"declarant_cnie": MINE, "deceased_cnie": HIS}
TWO: dict[str, Any] = {"declarant_spouse": "wife", "husband_cnie": HIS, "wife_cnie": HERS}
CASES = [
    ("declare_death", DEATH, "4511", True),
    ("declare_death", DEATH, "2233", False),
    ("declare_death", DEATH, "", True),
    ("declare_marriage", TWO, "5566", True),
    ("declare_marriage", TWO, "2233", False),
    ("declare_marriage", TWO, "", True),
    ("declare_divorce", TWO, "5566", True),
    ("declare_divorce", TWO, "2233", False),
    ("declare_divorce", TWO, "", False),
]


@pytest.mark.database
@pytest.mark.parametrize(("kind", "values", "factor", "fits"), CASES)
async def test_whose_document_opens_a_status(
    db: Database, settings: Settings, kind: str, values: dict[str, Any], factor: str, fits: bool
) -> None:
    turn = await handler(db, settings).receive(message("draft x", new_phone()))
    here, reference = turn.conversation_id, f"2{uuid4().int % 10**11:011d}"
    async with db.engine.begin() as connection:
        draft = await connection.scalar(
            text("select draft_id from conversation where id = :id"), {"id": here}
        )
        record = Submission(reference, draft, kind, here, values, ("death_date",), None)
        await pre_declarations.submit(connection, db.crypto, record, NOW)
        view = await pre_declarations.status(connection, db.crypto, reference, factor, here, NOW)
    assert (view is not None) is fits
    assert view is None or view.kind == kind
