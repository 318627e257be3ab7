"""Paying an order: the link a client takes, and what happens at the (fake) bank's page.

A link's token is the payment's id under a keyed hash, so it can be told again without being kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy import RowMapping
from starlette.responses import JSONResponse, Response

from integrations.platform.ids import new_id
from integrations.register.sandbox.copy_orders import PATH, locked, quote_of
from integrations.register.sandbox.declared import declared
from integrations.register.sandbox.feed import tell
from integrations.register.sandbox.models import PathId
from integrations.register.sandbox.operations import Operation, Register
from integrations.register.sandbox.problems import ProblemError, unknown

HASH_BYTES = 16
ID_BYTES = 16
Choice = Literal["pay", "decline", "abandon"]
Outcome = Literal["paid", "already_paid", "declined", "abandoned", "lapsed", "open"]
TRIES = {"decline": "declined", "abandon": "abandoned"}


def routes(register: Register) -> APIRouter:
    """`POST …/payments`."""
    router = APIRouter()

    @router.post(
        PATH + "/payments", responses=declared(200, 201, 401, 404, 409, 413, 422, 500, 503)
    )
    async def link(request: Request, transaction_id: PathId) -> Response:
        """The order's one link."""
        actor = request.scope["actor"]
        async with register.operation(actor, "payment.link", transaction_id) as operation:
            order = await locked(operation, "transaction_id", transaction_id)
            created = await _open(operation, order)
            order = await locked(operation, "transaction_id", transaction_id)
            assert order is not None
            told = _told(register, order, await quote_of(operation, order))
        return JSONResponse(told, 201 if created else 200)

    return router


async def order_of(operation: Operation, payment_id: UUID | None) -> RowMapping | None:
    """The order a link leads to, held until the transaction ends; None when the link is no link."""
    return None if payment_id is None else await locked(operation, "payment_id", payment_id)


def standing(order: RowMapping, now: datetime) -> Outcome:
    """What the page says before anything is chosen."""
    if order["status"] not in ("awaiting_payment", "lapsed"):
        return "already_paid"
    if order["status"] == "lapsed" or order["pay_until"] <= now:
        return "lapsed"
    last: Outcome = order["payment_status"]
    return last


async def choose(operation: Operation, order: RowMapping, choice: Choice) -> Outcome:
    """Pay, be declined or leave. What was paid is never paid again."""
    before = standing(order, operation.now)
    if before in ("already_paid", "lapsed"):
        return before
    outcome: Outcome = "paid" if choice == "pay" else TRIES[choice]  # type: ignore[assignment]
    await operation.run(
        "update copy_order set payment_status = :outcome, changed_at = :now,"
        " status = case when :outcome = 'paid' then 'paid' else status end"
        " where transaction_id = :id",
        outcome=outcome,
        now=operation.now,
        id=order["transaction_id"],
    )
    event = "paid" if outcome == "paid" else f"payment_{outcome}"
    transaction_id = str(order["transaction_id"])
    await tell(operation, f"copy_order.{event}", transaction_id, order["reference"])
    return outcome


def token_of(register: Register, payment_id: UUID) -> str:
    """The link's token."""
    whole = payment_id.bytes + _keyed(register, payment_id)
    return base64.urlsafe_b64encode(whole).decode().rstrip("=")


async def _open(operation: Operation, order: RowMapping | None) -> bool:
    """Make the order's link if there is none yet; whether it was made."""
    if order is None:
        raise unknown()
    match standing(order, operation.now):
        case "already_paid":
            raise ProblemError(409, "already_paid")
        case "lapsed":
            raise ProblemError(409, "closed")
    if order["payment_id"] is not None:
        return False
    await operation.run(
        "update copy_order set payment_id = :payment_id, payment_status = 'open'"
        " where transaction_id = :id",
        payment_id=new_id(),
        id=order["transaction_id"],
    )
    return True


def _told(register: Register, order: RowMapping, quote: RowMapping) -> dict[str, Any]:
    return {
        "url": f"{register.config.base_url}/pay/{token_of(register, order['payment_id'])}",
        "status": order["payment_status"],
        "amount": str(quote["total"]),
        "currency": "MAD",
        "expires_at": order["pay_until"].isoformat(),
    }


def payment_id_of(register: Register, token: str) -> UUID | None:
    """What a link's token stands for; None when it is not one of ours."""
    try:
        whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    if len(whole) != ID_BYTES + HASH_BYTES:
        return None
    payment_id = UUID(bytes=whole[:ID_BYTES])
    fits = hmac.compare_digest(whole[ID_BYTES:], _keyed(register, payment_id))
    return payment_id if fits else None


def _keyed(register: Register, payment_id: UUID) -> bytes:
    key = register.config.client_secret.encode()
    return hmac.digest(key, b"payment:" + payment_id.bytes, hashlib.sha256)[:HASH_BYTES]
