"""The event feed: appended in the transaction of what it tells, read by cursor.

Whoever appends holds the feed's one row until commit. So cursors have no gap, and a reader that has
seen a cursor will never meet a lower one later.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from integrations.platform.ids import new_id
from integrations.register.sandbox.declared import declared
from integrations.register.sandbox.models import LARGEST
from integrations.register.sandbox.operations import Operation, Register, as_json
from integrations.register.sandbox.problems import not_valid

MOST = 500


async def tell(
    operation: Operation, kind: str, transaction_id: str, reference: str, **data: Any
) -> None:
    """Append an event; the last thing a transaction does, since others wait for it."""
    await operation.run(
        "with next as (update feed set cursor = cursor + 1 returning cursor)"
        " insert into event (cursor, id, type, transaction_id, reference, at, data)"
        " select cursor, :id, :type, :transaction_id, :reference, :at, cast(:data as jsonb)"
        " from next",
        id=new_id(),
        type=kind,
        transaction_id=transaction_id,
        reference=reference,
        at=operation.now,
        data=as_json({name: value for name, value in data.items() if value is not None}),
    )


async def head(register: Register) -> int:
    """The newest event's cursor, 0 before any."""
    async with register.engine.begin() as connection:
        found = await connection.exec_driver_sql("select cursor from feed")
        return int(found.scalar_one())


def routes(register: Register) -> APIRouter:
    """`GET /v1/events`."""
    router = APIRouter()

    @router.get("/v1/events", responses=declared(200, 401, 422, 500, 503))
    async def events(request: Request, after: str = "0", limit: str = "100") -> Response:
        """What happened since a cursor."""
        start, most = _number("after", after, 0, LARGEST), _number("limit", limit, 1, MOST)
        async with register.quietly(request.scope["actor"]) as operation:
            found = await operation.rows(
                "select * from event where cursor > :after order by cursor limit :most",
                after=start,
                most=most,
            )
            if found:
                await operation.trace("events.read", None)
        told = [_told(row) for row in found]
        cursor = told[-1]["cursor"] if told else start
        return JSONResponse({"events": register.faults.disturbed(told), "cursor": cursor})

    return router


def _number(name: str, text: str, least: int, most: int) -> int:
    """Digits and nothing else: `int` would also take `+1`, `1_0` and other scripts' digits."""
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most):
        raise not_valid((name, "not_a_number_here"))
    return int(text)


def _told(row: Any) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "cursor": row["cursor"],
        "type": row["type"],
        "transaction_id": str(row["transaction_id"]),
        "reference": row["reference"],
        "at": row["at"].isoformat(),
        "data": row["data"],
    }
