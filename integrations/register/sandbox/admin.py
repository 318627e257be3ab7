"""`/sandbox/*`: what trials and tests need of the far side: officers' steps, faults, time, traces.

Guarded by a token; without one set it is not there.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from integrations.register.sandbox import accounts, letters, officers
from integrations.register.sandbox.copy_orders import view as order_view
from integrations.register.sandbox.faults import Faults
from integrations.register.sandbox.models import Line, OfficeId, PathId, Step
from integrations.register.sandbox.operations import Actor, Operation, Register
from integrations.register.sandbox.pre_declarations import view
from integrations.register.sandbox.problems import ProblemError, unknown
from integrations.register.sandbox.upkeep import sweep

OPERATOR = Actor("officer", "sandbox")
LISTS = {
    "acts": "select * from act where :of in ('', office_id) order by office_id, year, number",
    "notices": "select * from notice where :of in ('', to_office) order by sent_at, id",
    "audit": "select * from audit where :of in ('', subject) order by id desc",
}
MOST = 1000


class Said(BaseModel):
    """What an officer says with a step; each step takes of it what it needs."""

    model_config = ConfigDict(extra="forbid")

    steps: list[Step] = []
    reason: Line = "Essai"
    place: Line = "Agence postale (essai)"


class Account(BaseModel):
    """An officer's account."""

    model_config = ConfigDict(extra="forbid")

    login: Line
    password: Line
    name: Line
    office: OfficeId
    role: accounts.Role


T = TypeVar("T")
Take = Callable[[Operation, str, Said], Awaitable[object]]
RECORD_STEPS: dict[str, Take] = {
    "open": lambda op, ref, said: officers.open_record(op, ref),
    "correction": lambda op, ref, said: officers.ask_correction(op, ref, said.steps, said.reason),
    "register": lambda op, ref, said: officers.register_record(op, ref),
    "reject": lambda op, ref, said: officers.reject(op, ref, said.reason),
}
ORDER_STEPS: dict[str, Take] = {
    "process": lambda op, ref, said: letters.process(op, ref),
    "send": lambda op, ref, said: letters.send(op, ref),
    "arrive": lambda op, ref, said: letters.arrive(op, ref, said.place),
    "deliver": lambda op, ref, said: letters.deliver(op, ref),
    "return": lambda op, ref, said: letters.send_back(op, ref),
    "reject": lambda op, ref, said: letters.reject(op, ref, said.reason),
}


def routes(register: Register) -> APIRouter:
    """Everything under `/sandbox`."""
    router = APIRouter(
        prefix="/sandbox", include_in_schema=False, dependencies=[Depends(_guard(register))]
    )
    _add_steps(router, register)
    _add_machinery(router, register)
    return router


def _add_steps(router: APIRouter, register: Register) -> None:
    @router.get("/pre-declarations/{reference}")
    async def read(reference: str) -> Response:
        """The record with what was declared, as an officer sees it."""
        async with register.operation(OPERATOR, "officer.read", reference) as operation:
            told = await view(operation, "reference", reference)
            content = (await officers.record(operation, reference))["content"]
        return JSONResponse({**told, "content": content})

    @router.post("/pre-declarations/{reference}/{step}")
    async def record_step(reference: str, step: str, said: Said | None = None) -> Response:
        """A step of an officer with a record."""
        take = _named(RECORD_STEPS, step)
        async with register.operation(OPERATOR, f"officer.{step}", reference) as operation:
            await take(operation, reference, said or Said())
            return JSONResponse(await view(operation, "reference", reference))

    @router.post("/copy-orders/{reference}/{step}")
    async def order_step(reference: str, step: str, said: Said | None = None) -> Response:
        """A step of an officer, or of the post, with an order."""
        take = _named(ORDER_STEPS, step)
        async with register.operation(OPERATOR, f"order.{step}", reference) as operation:
            await take(operation, reference, said or Said())
            found = await operation.row(
                "select transaction_id from copy_order where reference = :r", r=reference
            )
            assert found is not None
            return JSONResponse(await order_view(operation, str(found["transaction_id"])))

    @router.post("/notices/{notice_id}/note", status_code=204)
    async def note(notice_id: PathId) -> None:
        """The office of birth wrote the mention."""
        async with register.operation(OPERATOR, "notice.note", notice_id) as operation:
            await officers.note(operation, notice_id)

    @router.put("/officers", status_code=204)
    async def officer(account: Account) -> None:
        """Make an account, or change it."""
        async with register.operation(OPERATOR, "officer.account", account.login) as operation:
            await accounts.create(operation, **account.model_dump())


def _add_machinery(router: APIRouter, register: Register) -> None:
    @router.get("/faults")
    async def faults() -> dict[str, Any]:
        """The faults as they stand, and how often each has happened."""
        box = register.faults
        return {"faults": box.faults.model_dump(), "happened": dict(box.happened)}

    @router.put("/faults")
    async def set_faults(wanted: Faults) -> dict[str, Any]:
        """Replace them all; what is not named is off."""
        register.faults.set(wanted)
        return await faults()

    @router.post("/sweep")
    async def sweep_now() -> dict[str, int]:
        """Expire and lapse what is due, without waiting for it."""
        return await sweep(register)

    @router.get("/{table}")
    async def listed(table: str, of: str = "", limit: int = 100) -> Response:
        """Rows of `acts`, `notices` or `audit`; `of`: their office or subject."""
        statement = f"{_named(LISTS, table)} limit :most"
        async with register.operation(OPERATOR, f"sandbox.{table}") as operation:
            rows = await operation.rows(statement, of=of, most=min(max(limit, 1), MOST))
        return JSONResponse(jsonable_encoder([dict(row) for row in rows]))


def _guard(register: Register) -> Callable[[Request], None]:
    wanted = register.config.sandbox_token

    def guard(request: Request) -> None:
        given = request.headers.get("x-sandbox-token", "")
        if not wanted:
            raise unknown()
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise ProblemError(403, "sandbox_token")

    return guard


def _named(table: dict[str, T], name: str) -> T:
    if name not in table:
        raise unknown()
    return table[name]
