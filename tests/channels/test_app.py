"""What every request to the gateway passes through: rules, limits, counting, logging."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator

import httpx
import pytest
import structlog
import structlog.testing
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from channels.app import create_app
from channels.auth import RULES, TWILIO_SIGNATURE, auth, rule_of
from channels.limits import LARGEST_BODY, BodyLimit
from tests.support.gateway import COUNTING, Gateway, fixture

pytestmark = pytest.mark.database


@pytest.fixture
async def routes(gateway: Gateway) -> list[BaseRoute]:
    """Every route of a started gateway."""
    app = create_app(gateway.settings, COUNTING)
    async with app.router.lifespan_context(app):
        return list(flat(app.routes))


def flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Routes with those of the routers that were included."""
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from flat(included.routes) if included is not None else [route]


async def test_every_route_names_who_may_call_it(routes: list[BaseRoute]) -> None:
    named = {getattr(route, "path", ""): rule_of(route) for route in routes}
    assert {"/healthz", "/readyz", "/metrics", "/channels/sms/twilio"} <= set(named)
    assert {path: rule for path, rule in named.items() if rule not in RULES} == {}


async def test_every_signed_route_refuses_the_unsigned(
    gateway: Gateway, routes: list[BaseRoute]
) -> None:
    signed = [
        route.path
        for route in routes
        if isinstance(route, APIRoute) and rule_of(route) == TWILIO_SIGNATURE
    ]
    assert sorted(signed) == ["/channels/sms/twilio", "/channels/sms/twilio/status"]
    for path in signed:
        for signature in ({}, {"X-Twilio-Signature": "bm8="}):
            assert gateway.post_raw(path, "MessageSid=1", signature).status_code == 403


def test_an_unknown_rule_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="unknown auth rule"):
        auth("everybody")


def test_a_route_without_a_rule_is_found() -> None:
    app = FastAPI(openapi_url=None)
    app.add_api_route("/forgotten", lambda: None)
    assert [rule_of(route) for route in app.routes if isinstance(route, APIRoute)] == [None]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/nowhere", 404, "http.404"), ("/channels/sms/twilio", 405, "http.405")],
)
def test_answers_carry_a_code(gateway: Gateway, path: str, status: int, code: str) -> None:
    answer = gateway.get(path)
    assert (answer.status_code, answer.json()) == (status, {"code": code})


def test_ready_names_every_part(gateway: Gateway) -> None:
    answer = gateway.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "understanding": "degraded",
        "valkey": "ok",
    }


def test_metrics_count_and_name_nobody(gateway: Gateway) -> None:
    fields = fixture("message", MessageSid="SM" + "4" * 32, From="+212612998877", Body="Zineb")
    assert gateway.post("/channels/sms/twilio", fields).status_code == 200
    told = gateway.get("/metrics").text
    assert 'hala_requests_total{route="/channels/sms/twilio",status="200"}' in told
    assert "212612998877" not in told
    assert "Zineb" not in told


def test_a_request_is_logged_by_its_route_and_nothing_else(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    fields = fixture("message", MessageSid="SM" + "5" * 32, From="+212612998866", Body="Zineb")
    # Whatever handlers another test has left, the events themselves are looked at.
    with structlog.testing.capture_logs() as events:
        gateway.post("/channels/sms/twilio", fields)
        gateway.get("/nowhere?from=%2B212612998866")
    [told] = [event for event in events if event["event"] == "gateway.request"]
    assert (told["route"], told["status"]) == ("none", 404)
    written = caplog.text + "".join(capfd.readouterr()) + repr(events)
    for personal in ("212612998866", "Zineb", "nowhere"):
        assert personal not in "\n".join(
            line for line in written.splitlines() if "HTTP Request" not in line
        )


@pytest.mark.parametrize(
    ("size", "tells_length", "status"),
    [
        pytest.param(LARGEST_BODY, True, 200, id="as large as may be"),
        pytest.param(LARGEST_BODY + 1, True, 413, id="one byte more"),
        pytest.param(LARGEST_BODY, False, 200, id="in pieces"),
        pytest.param(LARGEST_BODY + 1, False, 413, id="in pieces, one byte more"),
    ],
)
async def test_body_limit(size: int, tells_length: bool, status: int) -> None:
    app = FastAPI()

    @app.post("/")
    async def count(request: Request) -> int:
        return len(await request.body())

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, size, 10_000):
            yield b"a" * min(10_000, size - start)

    transport = httpx.ASGITransport(BodyLimit(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        content = b"a" * size if tells_length else pieces()
        answer = await client.post("/", content=content)
    assert answer.status_code == status
    assert answer.json() == (size if status == 200 else {"code": "too_large"})


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    app = FastAPI()
    transport = httpx.ASGITransport(BodyLimit(app, patience_seconds=0.05))

    async def drops() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(10)

    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        answer = await client.post("/", content=drops())
    assert (answer.status_code, answer.json()) == (408, {"code": "too_slow"})
