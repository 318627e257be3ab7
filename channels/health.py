"""Is the process alive, and can it serve. Only the database is needed; the rest may be degraded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse

from channels.auth import PUBLIC, auth
from integrations.database.engine import Database
from integrations.database.migrate import is_migrated
from integrations.platform.logs import get_logger

log = get_logger(__name__)
CHECK_SECONDS = 2.0
Check = Callable[[], Awaitable[bool]]


def routes(db: Database, degradable: dict[str, Check]) -> APIRouter:
    """`/healthz` and `/readyz`. `degradable`: parts that may be missing, by name."""
    router = APIRouter()

    @router.get("/healthz", openapi_extra=auth(PUBLIC))
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/readyz", openapi_extra=auth(PUBLIC))
    async def readyz() -> JSONResponse:
        """200 when the database is there and migrated, else 503; every part by name."""
        database, *others = await asyncio.gather(
            _within(lambda: _is_ready(db)), *(_within(check) for check in degradable.values())
        )
        named = zip(degradable, others, strict=True)
        parts = {name: "ok" if is_well else "degraded" for name, is_well in named}
        ready = {"status": "ok" if database else "unavailable"}
        ready["database"] = "ok" if database else "unavailable"
        return JSONResponse(ready | parts, status_code=200 if database else 503)

    return router


async def _is_ready(db: Database) -> bool:
    async with db.engine.connect() as connection:
        return await connection.run_sync(is_migrated)


async def _within(check: Check) -> bool:
    """A part that fails or is slow is not well; why is in the log, by kind."""
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS)
    except Exception as error:
        log.debug("gateway.check_failed", kind=type(error).__name__)
        return False
