"""Whether an event was begun already: limited per client, and never saying by whom."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import JSONResponse, Response

from integrations.register.sandbox.checks import day_of, folded
from integrations.register.sandbox.declared import declared
from integrations.register.sandbox.models import ExistsBody, Identity
from integrations.register.sandbox.operations import Register
from integrations.register.sandbox.problems import ProblemError

PEOPLE = {
    "declare_birth": ("father", "mother"),
    "declare_death": ("deceased",),
    "declare_marriage": ("husband", "wife"),
    "declare_divorce": ("husband", "wife"),
}
Values = Mapping[str, Any]


class Limit:
    """How often a client may ask in a minute."""

    def __init__(self, per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(per_minute)

    def count(self, client: str) -> None:
        """Problem 429 when it is too often."""
        if not self._limiter.hit(self._item, client):
            free_at = self._limiter.get_window_stats(self._item, client).reset_time
            seconds = max(1, math.ceil(free_at - time.time()))
            raise ProblemError(429, "too_many_requests", headers={"Retry-After": str(seconds)})


def routes(register: Register) -> APIRouter:
    """`POST /v1/pre-declarations/exists`."""
    router = APIRouter()
    limit = Limit(register.config.exists_per_minute)

    @router.post(
        "/v1/pre-declarations/exists", responses=declared(200, 401, 413, 422, 429, 500, 503)
    )
    async def exists(request: Request, body: ExistsBody) -> Response:
        """Yes or no."""
        actor = request.scope["actor"]
        async with register.operation(actor, "pre_declaration.exists") as operation:
            limit.count(actor.id)
            found = await operation.rows(
                "select content->'values' as given from pre_declaration where kind = :kind"
                " and event_date = :date and content is not null"
                " and status in ('received', 'opened', 'correction_asked', 'registered')",
                kind=body.kind,
                date=day_of(body.date),
            )
        return JSONResponse({"exists": any(is_same(body, row["given"]) for row in found)})

    return router


def is_same(body: ExistsBody, given: Values) -> bool:
    """Whether a record of the same kind and day is the same event."""
    mine, theirs = _number(body.mother_identity), _number(given.get("mother_cnie"))
    if mine and theirs:
        return mine == theirs
    wanted = {tuple(sorted(folded(word) for word in name.split())) for name in body.names or ()}
    return bool(wanted) and wanted <= set(_names(body.kind, given))


def _number(identity: Identity | Values | None) -> tuple[str, str] | None:
    if identity is None:
        return None
    plain = identity.model_dump() if isinstance(identity, Identity) else identity
    return (plain["kind"], plain["number"]) if plain.get("number") else None


def _names(kind: str, given: Values) -> Iterator[tuple[str, ...]]:
    """Each person's whole name in each script, its words in no order."""
    for person in PEOPLE[kind]:
        for script in ("ar", "latin"):
            parts = [given.get(f"{person}_{part}_name_{script}") for part in ("given", "family")]
            words = " ".join(part for part in parts if isinstance(part, str)).split()
            if words:
                yield tuple(sorted(map(folded, words)))
