"""What is known of each request afterwards: route, status, time. No address, query or body.

And, whenever someone asks, how much waits in the database.
"""

from __future__ import annotations

import asyncio
import math
import time
from functools import cache

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.auth import PUBLIC, auth
from integrations.database.engine import Database
from integrations.database.waiting import Waiting, waiting
from integrations.platform.logs import get_logger

log = get_logger(__name__)
REQUESTS = Counter("hala_requests_total", "Requests by route and status", ["route", "status"])
SECONDS = Histogram("hala_request_seconds", "Time to answer a request", ["route"])
MESSAGES = Gauge("hala_messages_waiting", "Messages received that have no turn yet")
REPLIES = Gauge("hala_replies_waiting", "Replies that wait to be sent")
JOBS = Gauge("hala_jobs_waiting", "Jobs that wait for a worker, by queue", ["queue"])
FAILED = Gauge(
    "hala_register_failed", "Records that the register refused for good: people must look"
)
COUNT_SECONDS = 2.0
SLOW_SECONDS = 1.0
FAULTY = 400  # from this status on a request is worth a line
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class Observe:
    """ASGI middleware: counts by route template, so that no token in a path is written; logs what
    failed or was slow."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note the status."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            _note(scope, status, time.perf_counter() - began)


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "none")
    requests, times = _meters(route, status)
    requests.inc()
    times.observe(seconds)
    # The counters tell of all requests; a line each would cost more than it tells.
    if route not in _QUIET and (status >= FAULTY or seconds > SLOW_SECONDS):
        milliseconds = round(seconds * 1000, 1)
        log.info("gateway.request", route=route, status=status, milliseconds=milliseconds)


@cache
def _meters(route: str, status: int) -> tuple[Counter, Histogram]:
    # Finding a meter by its labels takes longer than counting with it.
    return REQUESTS.labels(route, str(status)), SECONDS.labels(route)


async def _count(db: Database) -> Waiting | None:
    try:
        return await asyncio.wait_for(waiting(db), COUNT_SECONDS)
    except Exception as error:
        log.debug("gateway.count_failed", kind=type(error).__name__)
        return None


def _show(found: Waiting | None) -> None:
    MESSAGES.set(math.nan if found is None else found.messages)
    REPLIES.set(math.nan if found is None else found.replies)
    FAILED.set(math.nan if found is None else found.refused)
    JOBS.clear()
    for queue, count in ({} if found is None else found.jobs).items():
        JOBS.labels(queue).set(count)


def routes(db: Database) -> APIRouter:
    """`/metrics`, for Prometheus. What waits is everybody's, all else is this process's."""
    router = APIRouter()

    @router.get("/metrics", openapi_extra=auth(PUBLIC))
    async def metrics() -> Response:
        """All numbers; those of the database are NaN while it is away."""
        _show(await _count(db))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
