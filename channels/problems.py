"""What a caller is told when a request cannot be taken: status and code, never what was sent."""

from __future__ import annotations

from fastapi import FastAPI, Request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from integrations.platform.logs import get_logger

log = get_logger(__name__)


class ProblemError(Exception):
    """Ends a request with `status` and `code`; raised by channels. `message`: a sentence of the
    catalogue, where a citizen reads the answer."""

    def __init__(self, status: int, code: str, message: str | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def problem(status: int, code: str, message: str | None = None) -> Response:
    """The answer's form, the same for every route."""
    told = {"code": code} if message is None else {"code": code, "message": message}
    return JSONResponse(told, status_code=status)


def add_problem_answers(app: FastAPI) -> None:
    """Every way a request can fail, as an answer with a code."""
    app.add_exception_handler(ProblemError, _told)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(PoolTimeoutError, _database_away)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(Exception, _fault)


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return problem(error.status, error.code, error.message)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, f"http.{error.status_code}")


async def _database_away(request: Request, error: Exception) -> Response:
    log.warning("gateway.database_unavailable", exc_info=error)
    return problem(503, "database_unavailable")


async def _database(request: Request, error: Exception) -> Response:
    """Away, or shutting down under us: send it again. Anything else is a fault of ours."""
    assert isinstance(error, DBAPIError)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return await _database_away(request, error)
    return await _fault(request, error)


async def _fault(request: Request, error: Exception) -> Response:
    log.error("gateway.fault", exc_info=error)
    return problem(500, "internal_error")
