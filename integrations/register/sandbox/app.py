"""The sandbox register's web service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from sqlalchemy import text

from integrations.register.sandbox import (
    admin,
    attachments,
    copy_orders,
    exists,
    feed,
    offices,
    pay_page,
    payments,
    pre_declarations,
    tokens,
)
from integrations.register.sandbox.config import SandboxConfig
from integrations.register.sandbox.faults import FaultyLine
from integrations.register.sandbox.guard import BodyLimit, Guard
from integrations.register.sandbox.operations import Register, open_register
from integrations.register.sandbox.problems import add_problem_answers
from integrations.register.sandbox.upkeep import sweep_for_ever
from integrations.register.sandbox.webhooks import hint_for_ever

# What the contract describes.
PARTS = (tokens, exists, pre_declarations, attachments, offices, copy_orders, payments, feed)
# What stands beside it.
OWN_PARTS = (pay_page, admin)


def create_app(config: SandboxConfig) -> FastAPI:
    """The service over a prepared database; `app.state.register` is what its routes share."""
    register = open_register(config)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with _background(register):
            yield
        await register.engine.dispose()

    app = FastAPI(
        title="Sandbox register", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.register = register
    for part in (*PARTS, *OWN_PARTS):
        app.include_router(part.routes(register))
    _add_health(app, register)
    add_problem_answers(app)
    # The last one added stands outermost.
    app.add_middleware(BodyLimit)
    app.add_middleware(Guard, register=register)
    app.add_middleware(FaultyLine, box=register.faults)
    return app


@asynccontextmanager
async def _background(register: Register) -> AsyncIterator[None]:
    work = [sweep_for_ever(register)]
    if register.config.webhook_url:
        work.append(hint_for_ever(register))
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


def _add_health(app: FastAPI, register: Register) -> None:
    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> dict[str, str]:
        """Whether the service and its database answer."""
        async with register.engine.connect() as connection:
            await connection.execute(text("select 1 from feed"))
        return {"status": "ok"}
