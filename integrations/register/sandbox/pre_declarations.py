"""Pre-declarations as a client sends, completes, reads and withdraws them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import RowMapping
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import JSONResponse, Response

from integrations.platform.clock import local
from integrations.register.sandbox import offices
from integrations.register.sandbox.checks import EVENT_DATES, check_pre_declaration, day_of
from integrations.register.sandbox.declared import declared
from integrations.register.sandbox.feed import tell
from integrations.register.sandbox.models import PathId, PreDeclarationBody, Reference
from integrations.register.sandbox.operations import Operation, Register, as_json
from integrations.register.sandbox.problems import ProblemError, unknown
from integrations.register.sandbox.statuses import refusal


class _NotExists(StringConvertor):
    """Any one part of a path but `exists`, which is a route of its own and no id."""

    regex = "(?!exists(?:/|$))[^/]+"


register_url_convertor("record", _NotExists())
PATH = "/v1/pre-declarations/{transaction_id:record}"


def routes(register: Register) -> APIRouter:
    """Create, complete, correct; read; withdraw."""
    router = APIRouter()

    @router.put(PATH, responses=declared(200, 201, 401, 409, 413, 422, 500, 503))
    async def put(request: Request, transaction_id: PathId, body: PreDeclarationBody) -> Response:
        """201 the first time, 200 ever after."""
        actor, subject = request.scope["actor"], body.reference
        async with register.operation(actor, "pre_declaration.put", subject) as operation:
            created = await take(operation, transaction_id, body)
            held = await view(operation, "transaction_id", transaction_id)
        return JSONResponse(held, 201 if created else 200)

    @router.get(PATH, responses=declared(200, 401, 404, 422, 500, 503))
    async def get(request: Request, transaction_id: PathId) -> Response:
        """Where it stands."""
        actor = request.scope["actor"]
        async with register.operation(actor, "pre_declaration.read", transaction_id) as operation:
            return JSONResponse(await view(operation, "transaction_id", transaction_id))

    @router.get("/v1/pre-declarations", responses=declared(200, 401, 404, 422, 500, 503))
    async def find(request: Request, reference: Annotated[Reference, Query()]) -> Response:
        """Where the one of a reference stands."""
        actor = request.scope["actor"]
        async with register.operation(actor, "pre_declaration.read", reference) as operation:
            return JSONResponse(await view(operation, "reference", reference))

    @router.delete(PATH, status_code=204, responses=declared(204, 401, 404, 409, 422, 500, 503))
    async def delete(request: Request, transaction_id: PathId) -> Response:
        """Withdraw it."""
        actor = request.scope["actor"]
        async with register.operation(
            actor, "pre_declaration.withdraw", transaction_id
        ) as operation:
            await withdraw(operation, transaction_id)
        return Response(status_code=204)

    return router


async def take(operation: Operation, transaction_id: str, body: PreDeclarationBody) -> bool:
    """Write the declaration, or what of it is newer; whether it is new."""
    check_pre_declaration(body, local(operation.now).date())
    columns = _columns(body) | {
        "transaction_id": transaction_id,
        "office_id": await offices.office_for(operation, body),
        "now": operation.now,
    }
    # A second request that races the first waits here until the first has ended.
    made = await operation.run(
        "insert into pre_declaration (transaction_id, reference, kind, status, version,"
        " content_hash, content, event_date, last_day, office_id, received_at, changed_at)"
        " values (:transaction_id, :reference, :kind, 'received', :version, :content_hash,"
        " cast(:content as jsonb), :event_date, :last_day, :office_id, :now, :now)"
        " on conflict do nothing",
        **columns,
    )
    if made:
        await _told(operation, "received", columns)
        return True
    held = await locked(operation, transaction_id)
    if held is None:
        raise ProblemError(409, "reference_taken")
    await _again(operation, held, columns)
    return False


async def locked(operation: Operation, transaction_id: str) -> RowMapping | None:
    """The record, held until the transaction ends."""
    return await operation.row(
        "select * from pre_declaration where transaction_id = :id for update", id=transaction_id
    )


async def withdraw(operation: Operation, transaction_id: str) -> None:
    """Withdraw it and forget what it said, as long as no officer has it."""
    held = await locked(operation, transaction_id)
    if held is None:
        raise unknown()
    if held["status"] == "withdrawn":
        return
    if held["status"] != "received":
        raise ProblemError(409, refusal(held["status"]))
    await operation.run("delete from attachment where transaction_id = :id", id=transaction_id)
    await operation.run(
        "update pre_declaration set status = 'withdrawn', content = null, event_date = null,"
        " changed_at = :now where transaction_id = :id",
        id=transaction_id,
        now=operation.now,
    )
    await tell(operation, "pre_declaration.withdrawn", transaction_id, held["reference"])


async def view(operation: Operation, column: str, value: str) -> dict[str, Any]:
    """The record as its client sees it, found by `transaction_id` or `reference`."""
    assert column in ("transaction_id", "reference")
    row = await operation.row(f"select * from pre_declaration where {column} = :v", v=value)  # noqa: S608
    if row is None:
        raise unknown()
    office = await operation.row("select * from office where id = :id", id=row["office_id"])
    attached = await operation.rows(
        "select id, kind, media_type, octet_length(content) as bytes, sha256, at"
        " from attachment where transaction_id = :id order by at, id",
        id=row["transaction_id"],
    )
    plain = ("reference", "kind", "status", "version", "correction", "act", "reason")
    return {
        "transaction_id": str(row["transaction_id"]),
        **{name: row[name] for name in plain},
        "last_day": None if row["last_day"] is None else row["last_day"].isoformat(),
        "missing": (row["content"] or {}).get("missing", []),
        "office": None if office is None else offices.told(office),
        "received_at": row["received_at"].isoformat(),
        "changed_at": row["changed_at"].isoformat(),
        "attachments": [attachment(each) for each in attached],
    }


def attachment(row: RowMapping) -> dict[str, Any]:
    """An attachment as its client sees it."""
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "media_type": row["media_type"],
        "bytes": row["bytes"],
        "sha256": row["sha256"].hex(),
        "at": row["at"].isoformat(),
    }


def _columns(body: PreDeclarationBody) -> dict[str, Any]:
    content = body.model_dump(include={"values", "missing", "papers", "language"})
    whole = as_json(body.model_dump(mode="json"))
    return {
        "reference": body.reference,
        "kind": body.kind,
        "version": body.version,
        "content": as_json(content),
        "content_hash": hashlib.sha256(whole.encode()).digest(),
        "event_date": day_of(body.values.get(EVENT_DATES[body.kind])),
        "last_day": day_of(body.last_day),
        "values": content["values"],
    }


async def _again(operation: Operation, held: RowMapping, columns: Mapping[str, Any]) -> None:
    """A repeat changes nothing, something newer is taken while it may be."""
    if held["reference"] != columns["reference"]:
        raise ProblemError(409, "other_reference")
    if columns["version"] < held["version"]:
        return
    if columns["version"] == held["version"]:
        if bytes(held["content_hash"]) != columns["content_hash"]:
            raise ProblemError(409, "other_content")
        return
    answers = held["status"] == "correction_asked"
    if answers:
        _check_only_what_was_asked(held, columns["values"])
    elif held["status"] != "received":
        raise ProblemError(409, refusal(held["status"]))
    await _replace(operation, columns, answers)
    await _told(operation, "corrected" if answers else "completed", columns)


def _check_only_what_was_asked(held: RowMapping, values: Mapping[str, Any]) -> None:
    before, asked = held["content"]["values"], held["correction"]["steps"]
    changed = {step for step in {*before, *values} if before.get(step) != values.get(step)}
    if not changed <= set(asked):
        raise ProblemError(409, "not_asked")


async def _replace(operation: Operation, columns: Mapping[str, Any], answers: bool) -> None:
    # An officer who has it keeps it: a corrected place does not send it elsewhere.
    answered = as_json({"answered_at": operation.now.isoformat()}) if answers else "{}"
    await operation.run(
        "update pre_declaration set version = :version, content_hash = :content_hash,"
        " content = cast(:content as jsonb), event_date = :event_date, last_day = :last_day,"
        " office_id = case when :answers then office_id else :office_id end,"
        " correction = correction || cast(:answered as jsonb), changed_at = :now"
        " where transaction_id = :transaction_id",
        **columns,
        answers=answers,
        answered=answered,
    )


async def _told(operation: Operation, what: str, columns: Mapping[str, Any]) -> None:
    await tell(
        operation,
        f"pre_declaration.{what}",
        columns["transaction_id"],
        columns["reference"],
        version=columns["version"],
    )
