"""Papers attached to a pre-declaration: PDF, JPEG or PNG, taken once per id."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import RowMapping
from starlette.responses import JSONResponse, Response

from integrations.register.sandbox.declared import declared
from integrations.register.sandbox.models import PathId, Step
from integrations.register.sandbox.operations import Operation, Register
from integrations.register.sandbox.pre_declarations import PATH, attachment, locked
from integrations.register.sandbox.problems import ProblemError, unknown
from integrations.register.sandbox.statuses import refusal

MOST = 20
FIRST_BYTES = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}


def routes(register: Register) -> APIRouter:
    """Attach a paper, take one away."""
    router = APIRouter()
    path = PATH + "/attachments/{attachment_id}"

    @router.put(path, responses=declared(200, 201, 401, 404, 409, 413, 415, 422, 500, 503))
    async def put(
        request: Request,
        transaction_id: PathId,
        attachment_id: PathId,
        kind: Annotated[Step, Query()],
    ) -> Response:
        """201 the first time, 200 ever after."""
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        content = await request.body()
        actor = request.scope["actor"]
        async with register.operation(actor, "attachment.put", transaction_id) as operation:
            if not content.startswith(FIRST_BYTES.get(media_type, b"\0never")):
                raise ProblemError(415, "media_type")
            created = await _take(
                operation, transaction_id, (attachment_id, kind, media_type, content)
            )
            row = await _held(operation, transaction_id, attachment_id)
            assert row is not None
        return JSONResponse(attachment(row), 201 if created else 200)

    @router.delete(path, status_code=204, responses=declared(204, 401, 404, 409, 422, 500, 503))
    async def delete(request: Request, transaction_id: PathId, attachment_id: PathId) -> Response:
        """Take it away."""
        actor = request.scope["actor"]
        async with register.operation(actor, "attachment.remove", transaction_id) as operation:
            await _remove(operation, transaction_id, attachment_id)
        return Response(status_code=204)

    return router


async def _take(
    operation: Operation, transaction_id: str, given: tuple[str, str, str, bytes]
) -> bool:
    attachment_id, kind, media_type, content = given
    record = await _record(operation, transaction_id)
    digest = hashlib.sha256(content).digest()
    held = await _held(operation, transaction_id, attachment_id)
    if held is not None:
        if bytes(held["sha256"]) != digest or held["kind"] != kind:
            raise ProblemError(409, "other_content")
        return False
    if record["status"] not in ("received", "correction_asked"):
        raise ProblemError(409, refusal(record["status"]))
    count = await operation.row(
        "select count(*) as n from attachment where transaction_id = :id", id=transaction_id
    )
    if count is not None and count["n"] >= MOST:
        raise ProblemError(409, "too_many")
    await operation.run(
        "insert into attachment (transaction_id, id, kind, media_type, sha256, content, at)"
        " values (:transaction_id, :id, :kind, :media_type, :sha256, :content, :at)",
        transaction_id=transaction_id,
        id=attachment_id,
        kind=kind,
        media_type=media_type,
        sha256=digest,
        content=content,
        at=operation.now,
    )
    return True


async def _remove(operation: Operation, transaction_id: str, attachment_id: str) -> None:
    record = await _record(operation, transaction_id)
    if await _held(operation, transaction_id, attachment_id) is None:
        return
    if record["status"] != "received":
        raise ProblemError(409, refusal(record["status"]))
    await operation.run(
        "delete from attachment where transaction_id = :record and id = :id",
        record=transaction_id,
        id=attachment_id,
    )


async def _record(operation: Operation, transaction_id: str) -> RowMapping:
    record = await locked(operation, transaction_id)
    if record is None:
        raise unknown()
    return record


async def _held(operation: Operation, transaction_id: str, attachment_id: str) -> RowMapping | None:
    return await operation.row(
        "select id, kind, media_type, octet_length(content) as bytes, sha256, at from attachment"
        " where transaction_id = :record and id = :id",
        record=transaction_id,
        id=attachment_id,
    )
