"""What officers and the post do with a paid order, one step of its life a function."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.exc import IntegrityError

from integrations.platform.clock import local
from integrations.register.sandbox.checks import folded
from integrations.register.sandbox.copy_orders import locked
from integrations.register.sandbox.feed import tell
from integrations.register.sandbox.operations import Operation, as_json
from integrations.register.sandbox.problems import ProblemError, unknown
from integrations.register.sandbox.statuses import ORDERS
from integrations.register.sandbox.wording import wording

KEPT = timedelta(days=7)
TRACKING_TRIES = 20


async def process(operation: Operation, reference: str) -> bool:
    """Look the act up: in hand when it is the one described, else rejected; whether it was."""
    order = await _order(operation, reference)
    fits = await _act_fits(operation, order["content"])
    if fits:
        await _move(operation, order, "processing")
    else:
        await reject(operation, reference, wording("order.wrong_data", order["language"]))
    return fits


async def send(operation: Operation, reference: str) -> str:
    """Hand the letter to the post; its tracking number."""
    order = await _order(operation, reference)
    for _ in range(TRACKING_TRIES):
        number = str(100_000_000 + secrets.randbelow(900_000_000))
        try:
            async with operation.connection.begin_nested():
                await _move(operation, order, "sent", {"tracking_number": number})
        except IntegrityError:
            continue  # another letter has this number
        return number
    raise ProblemError(409, "no_tracking_number")


async def arrive(operation: Operation, reference: str, place: str) -> None:
    """The letter is at the post office, which keeps it seven days."""
    order = await _order(operation, reference)
    kept_until = (local(operation.now) + KEPT).date().isoformat()
    where = {"place": place, "kept_until": kept_until}
    await _move(operation, order, "arrived", where, arrived=as_json(where))


async def deliver(operation: Operation, reference: str) -> None:
    """Handed over in person."""
    await _move(operation, await _order(operation, reference), "delivered")


async def send_back(operation: Operation, reference: str) -> None:
    """Nobody came for it."""
    await _move(operation, await _order(operation, reference), "returned")


async def reject(operation: Operation, reference: str, reason: str) -> None:
    """Refuse the order; what was paid is not given back."""
    order = await _order(operation, reference)
    await _move(operation, order, "rejected", {"reason": reason}, reason=reason)


async def lapse(operation: Operation) -> int:
    """Orders that nobody paid in time; how many."""
    lapsed = await operation.rows(
        "update copy_order set status = 'lapsed', changed_at = :now"
        " where status = 'awaiting_payment' and pay_until <= :now"
        " returning transaction_id, reference",
        now=operation.now,
    )
    for row in lapsed:
        await tell(operation, "copy_order.lapsed", str(row["transaction_id"]), row["reference"])
    return len(lapsed)


async def _order(operation: Operation, reference: str) -> RowMapping:
    order = await locked(operation, "reference", reference)
    if order is None:
        raise unknown()
    return order


async def _move(
    operation: Operation,
    order: RowMapping,
    status: str,
    data: dict[str, Any] | None = None,
    arrived: str | None = None,
    reason: str | None = None,
) -> None:
    """One step, and its event with `data`."""
    if order["status"] not in ORDERS[status]:
        raise ProblemError(409, f"is_{order['status']}")
    told = data or {}
    await operation.run(
        "update copy_order set status = :status, changed_at = :now, reason = :reason,"
        " tracking_number = coalesce(:number, tracking_number),"
        " arrived = coalesce(cast(:arrived as jsonb), arrived) where transaction_id = :id",
        status=status,
        now=operation.now,
        reason=reason,
        number=told.get("tracking_number"),
        arrived=arrived,
        id=order["transaction_id"],
    )
    transaction_id = str(order["transaction_id"])
    await tell(operation, f"copy_order.{status}", transaction_id, order["reference"], **told)


async def _act_fits(operation: Operation, given: dict[str, Any]) -> bool:
    """Whether the act of this number is of a person of this name, in either script."""
    act = await operation.row(
        "select * from act where office_id = :office and kind = 'birth' and year = :year"
        " and number = :number",
        office=given["registry_office"],
        year=given["act_year"],
        number=given["act_number"],
    )
    if act is None:
        return False
    return all(
        folded(given[f"holder_{part}_name"])
        in {folded(act[f"{part}_name_{script}"] or "") for script in ("ar", "latin")}
        for part in ("given", "family")
    )
