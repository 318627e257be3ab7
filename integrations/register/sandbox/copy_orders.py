"""Copies by post: what they cost, and orders as a client makes and reads them."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import RowMapping
from starlette.responses import JSONResponse, Response

from integrations.platform.clock import local
from integrations.platform.ids import new_id
from integrations.register.sandbox.checks import check_order
from integrations.register.sandbox.declared import declared
from integrations.register.sandbox.feed import tell
from integrations.register.sandbox.models import CopyOrderBody, PathId, QuoteBody
from integrations.register.sandbox.operations import Operation, Register, as_json
from integrations.register.sandbox.problems import ProblemError, not_valid, unknown

PATH = "/v1/copy-orders/{transaction_id}"
QUOTE_LIFE = timedelta(hours=24)
PAY_WITHIN = timedelta(hours=72)
QUOTED = ("extract_count", "full_copy_count", "delivery_country")


def routes(register: Register) -> APIRouter:
    """Quotes and orders."""
    router = APIRouter()

    @router.post("/v1/quotes", status_code=201, responses=declared(201, 401, 413, 422, 500, 503))
    async def quote(request: Request, body: QuoteBody) -> Response:
        """What it would cost."""
        actor = request.scope["actor"]
        async with register.operation(actor, "quote.taken", body.office) as operation:
            row = await _quote(operation, body)
        return JSONResponse(quote_told(row), 201)

    @router.put(PATH, responses=declared(200, 201, 401, 409, 413, 422, 500, 503))
    async def put(request: Request, transaction_id: PathId, body: CopyOrderBody) -> Response:
        """201 the first time, 200 ever after."""
        actor, subject = request.scope["actor"], body.reference
        async with register.operation(actor, "copy_order.put", subject) as operation:
            created = await _take(operation, transaction_id, body)
            held = await view(operation, transaction_id)
        return JSONResponse(held, 201 if created else 200)

    @router.get(PATH, responses=declared(200, 401, 404, 422, 500, 503))
    async def get(request: Request, transaction_id: PathId) -> Response:
        """Where it stands."""
        actor = request.scope["actor"]
        async with register.operation(actor, "copy_order.read", transaction_id) as operation:
            return JSONResponse(await view(operation, transaction_id))

    return router


def price(extracts: int, full_copies: int, country: str) -> list[tuple[str, Decimal]]:
    """The lines of the bill."""
    fees = _fees()
    postage = fees["postage"].get(country, fees["postage"]["abroad"])
    return [
        ("postage", Decimal(postage)),
        ("stamps", Decimal(fees["stamp"]) * (extracts + full_copies)),
        ("management", Decimal(fees["management"])),
        ("e_payment", Decimal(fees["e_payment"])),
    ]


async def locked(operation: Operation, column: str, value: object) -> RowMapping | None:
    """The order by a unique column, held until the transaction ends."""
    assert column in ("transaction_id", "reference", "payment_id")
    return await operation.row(
        f"select * from copy_order where {column} = :value for update",  # noqa: S608
        value=value,
    )


async def quote_of(operation: Operation, order: RowMapping) -> RowMapping:
    """The quote an order was made under."""
    found = await operation.row("select * from quote where id = :id", id=order["quote_id"])
    assert found is not None
    return found


async def view(operation: Operation, transaction_id: str) -> dict[str, Any]:
    """The order as its client sees it."""
    order = await operation.row(
        "select * from copy_order where transaction_id = :id", id=transaction_id
    )
    if order is None:
        raise unknown()
    plain = ("reference", "status", "tracking_number", "arrived", "reason")
    return {
        "transaction_id": str(order["transaction_id"]),
        **{name: order[name] for name in plain},
        "quote": quote_told(await quote_of(operation, order)),
        "ordered_at": order["ordered_at"].isoformat(),
        "changed_at": order["changed_at"].isoformat(),
        "pay_until": order["pay_until"].isoformat(),
    }


def quote_told(row: RowMapping) -> dict[str, Any]:
    """A quote as its client sees it."""
    return {
        "id": str(row["id"]),
        "lines": row["lines"],
        "total": str(row["total"]),
        "currency": "MAD",
        "expires_at": row["expires_at"].isoformat(),
    }


@cache
def _fees() -> dict[str, Any]:
    text = (files("integrations.register.sandbox") / "data/fees.toml").read_text("utf-8")
    return tomllib.loads(text)


async def _quote(operation: Operation, body: QuoteBody) -> RowMapping:
    office = await operation.row("select kinds from office where id = :id", id=body.office)
    if office is None:
        raise not_valid(("office", "unknown_office"))
    if "order_copies" not in office["kinds"]:
        raise not_valid(("office", "kind_not_taken"))
    if not body.extract_count + body.full_copy_count:
        raise not_valid(("extract_count", "none_ordered"))
    lines = price(body.extract_count, body.full_copy_count, body.delivery_country)
    row = await operation.row(
        "insert into quote (id, office_id, extract_count, full_copy_count, delivery_country, lines,"
        " total, expires_at) values (:id, :office, :extract_count, :full_copy_count,"
        " :delivery_country, cast(:lines as jsonb), :total, :expires_at) returning *",
        id=new_id(),
        **body.model_dump(),
        lines=as_json([{"code": code, "amount": str(amount)} for code, amount in lines]),
        total=sum(amount for _, amount in lines),
        expires_at=operation.now + QUOTE_LIFE,
    )
    assert row is not None
    return row


async def _take(operation: Operation, transaction_id: str, body: CopyOrderBody) -> bool:
    """Write the order; whether it is new."""
    whole = as_json(body.model_dump(mode="json"))
    digest = hashlib.sha256(whole.encode()).digest()
    held = await locked(operation, "transaction_id", transaction_id)
    if held is None:
        # Only what is new is checked: what was taken is taken, whatever time has passed.
        check_order(body.reference, body.values, local(operation.now).date())
        await _check_quote(operation, transaction_id, body)
        if await _insert(operation, transaction_id, body, digest):
            await tell(operation, "copy_order.received", transaction_id, body.reference)
            return True
        held = await locked(operation, "transaction_id", transaction_id)
    _check_repeat(held, body.reference, digest)
    return False


def _check_repeat(held: RowMapping | None, reference: str, digest: bytes) -> None:
    if held is None:
        raise ProblemError(409, "reference_taken")
    if held["reference"] != reference:
        raise ProblemError(409, "other_reference")
    if bytes(held["content_hash"]) != digest:
        raise ProblemError(409, "other_content")


async def _check_quote(operation: Operation, transaction_id: str, body: CopyOrderBody) -> None:
    """The quote is there, good, free, and for exactly this. Held, so that two cannot take it."""
    quote = await operation.row("select * from quote where id = :id for update", id=body.quote)
    if quote is None:
        raise ProblemError(409, "quote_unknown")
    used = await operation.row(
        "select transaction_id from copy_order where quote_id = :id", id=body.quote
    )
    if used is not None:
        if str(used["transaction_id"]) != transaction_id:
            raise ProblemError(409, "quote_used")
        return  # the same request was faster
    if quote["expires_at"] <= operation.now:
        raise ProblemError(409, "quote_expired")
    same = all(getattr(body.values, name) == quote[name] for name in QUOTED)
    if not same or body.values.registry_office != quote["office_id"]:
        raise ProblemError(409, "quote_differs")


async def _insert(
    operation: Operation, transaction_id: str, body: CopyOrderBody, digest: bytes
) -> bool:
    made = await operation.run(
        "insert into copy_order (transaction_id, reference, status, quote_id, content_hash,"
        " content, language, ordered_at, changed_at, pay_until) values (:id, :reference,"
        " 'awaiting_payment', :quote, :digest, cast(:content as jsonb), :language, :now, :now,"
        " :pay_until) on conflict do nothing",
        id=transaction_id,
        reference=body.reference,
        quote=body.quote,
        digest=digest,
        content=as_json(body.values.model_dump(exclude_none=True)),
        language=body.language,
        now=operation.now,
        pay_until=operation.now + PAY_WITHIN,
    )
    return bool(made)
