"""Which office a declaration goes to, and what each office takes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import RowMapping
from starlette.responses import JSONResponse, Response

from integrations.register.sandbox.checks import PLACES
from integrations.register.sandbox.declared import declared
from integrations.register.sandbox.models import Commune, PreDeclarationBody
from integrations.register.sandbox.operations import Operation, Register
from integrations.register.sandbox.problems import not_valid, unknown


def routes(register: Register) -> APIRouter:
    """`GET /v1/offices`."""
    router = APIRouter()

    @router.get("/v1/offices", responses=declared(200, 401, 404, 422, 500, 503))
    async def offices(request: Request, commune: Annotated[Commune, Query()]) -> Response:
        """The offices of a commune, of all its arrondissements, or of one of them."""
        async with register.operation(request.scope["actor"], "offices.read", commune) as operation:
            found = await operation.rows(
                "select * from office where commune = :code or city = :code"
                " order by commune, place",
                code=commune,
            )
            if not found:
                raise unknown()
        return JSONResponse([told(row) for row in found])

    return router


def told(row: RowMapping) -> dict[str, Any]:
    """An office as clients see it."""
    names = ("id", "commune", "name_ar", "name_fr", "address_ar", "address_fr", "kinds")
    return {name: row[name] for name in names}


async def office_for(operation: Operation, body: PreDeclarationBody) -> str | None:
    """The office of the event's place that takes this kind; None where the place does not tell.

    Problem 422 where the commune is not known or takes none of the kind.
    """
    step = PLACES[body.kind]
    commune = body.values.get(step)
    if commune is None:
        return None
    found = await operation.rows(
        "select id, city, kinds from office where commune = :code or city = :code order by place",
        code=str(commune),
    )
    if not found:
        raise not_valid((f"values.{step}", "unknown_commune"))
    taking = [row for row in found if body.kind in row["kinds"]]
    if not taking:
        raise not_valid((f"values.{step}", "kind_not_taken"))
    # Of a divided city without its arrondissement the office is not known yet.
    return None if taking[0]["city"] == commune else str(taking[0]["id"])


async def main_office(operation: Operation, commune: object) -> str | None:
    """Where acts and mentions of a commune are kept; None of a divided city, or an unknown one."""
    found = await operation.row(
        "select id from office where commune = :code and place = 1", code=str(commune)
    )
    return None if found is None else str(found["id"])
