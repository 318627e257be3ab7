"""What a client is told when a request is not taken: a problem (RFC 9457), never what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from integrations.platform.logs import get_logger

log = get_logger(__name__)
Field = tuple[str, str]
"""A field's path and what is wrong with it."""

DETAILS = {
    "already_paid": "The order is paid.",
    "closed": "It has come to its end.",
    "internal_error": "It may have been taken or not: send the same again.",
    "not_asked": "A step differs that the correction does not ask for.",
    "not_valid": "Each fault is named in `fields`.",
    "opened": "An officer has opened it; nothing changes any more.",
    "other_content": "This was sent before with another content.",
    "other_reference": "This transaction has another reference.",
    "reference_taken": "Another transaction has this reference.",
    "token_expired": "The token lives ten minutes: take a new one.",
    "unavailable": "Not taken: send the same again later.",
}


class ProblemError(Exception):
    """Ends a request with `status` and `code`."""

    def __init__(
        self,
        status: int,
        code: str,
        fields: Iterable[Field] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.fields = tuple(fields)
        self.headers = dict(headers or {})


def problem(
    status: int,
    code: str,
    fields: Iterable[Field] = (),
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> Response:
    """The answer's form, the same for every route."""
    phrase = HTTPStatus(status).phrase
    told: dict[str, Any] = {"type": "about:blank", "title": phrase, "status": status, "code": code}
    told |= {"detail": DETAILS.get(code, HTTPStatus(status).description or phrase), **more}
    if faults := [{"field": field, "problem": fault} for field, fault in fields]:
        told["fields"] = faults
    media_type = "application/problem+json"
    return JSONResponse(told, status, headers=dict(headers or {}), media_type=media_type)


def not_valid(*fields: Field) -> ProblemError:
    """A request whose content cannot be taken."""
    return ProblemError(422, "not_valid", fields)


def unknown() -> ProblemError:
    """What the path names is not there."""
    return ProblemError(404, "unknown")


def add_problem_answers(app: FastAPI) -> None:
    """Every way a request can fail, as a problem."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in (ProblemError, PoolTimeoutError, DBAPIError, Exception):
        app.add_exception_handler(kind, _told)


def answer_to(error: Exception) -> Response:
    """What the client is told of an error; also for what stands before the routes."""
    if isinstance(error, ProblemError):
        return problem(error.status, error.code, error.fields, error.headers)
    if _is_away(error):
        log.warning("register.database_unavailable", exc_info=error)
        return problem(503, "unavailable")
    log.error("register.fault", exc_info=error)
    return problem(500, "internal_error")


def _is_away(error: Exception) -> bool:
    """The database is not there, or shutting down under us: nothing was taken."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, PoolTimeoutError | OperationalError | InterfaceError)


async def _told(request: Request, error: Exception) -> Response:
    return answer_to(error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = {
        ".".join(str(part) for part in fault["loc"][1:] if str(part).isidentifier()): fault["type"]
        for fault in error.errors()
    }
    return problem(422, "not_valid", faults.items())


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.BAD_REQUEST:  # a body that cannot be read at all
        if request.url.path == "/oauth/token":
            return problem(400, "invalid_request", error="invalid_request")
        return problem(422, "not_valid", [("", "not_readable")])
    code = {404: "unknown", 405: "method"}.get(error.status_code, f"http_{error.status_code}")
    return problem(error.status_code, code, headers=error.headers)
