"""Whose word on a client's address the gateway believes, as uvicorn is told it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from channels.cli.processes import Plans
from channels.web.origins import client_of
from integrations.local.services import Endpoints
from tests.support.services import settings_for

NOWHERE = Endpoints("postgresql://nowhere/hala", None)
PROXY = "10.0.0.1"
SOMEONE = "198.51.100.7"


def words(folder: Path, proxies: str) -> list[str]:
    return [*Plans(settings_for(folder, proxies=proxies), NOWHERE).gateway().command]


def test_nobody_is_believed_unless_named(tmp_path: Path) -> None:
    assert "--no-proxy-headers" in words(tmp_path, "")
    named = words(tmp_path, PROXY)
    assert named[named.index("--forwarded-allow-ips") + 1] == PROXY
    assert "--no-proxy-headers" not in named


@pytest.mark.parametrize(("peer", "client"), [(PROXY, SOMEONE), ("203.0.113.9", "203.0.113.9")])
async def test_the_address_is_the_proxys_word_only_from_the_proxy(peer: str, client: str) -> None:
    app = FastAPI()

    @app.get("/")
    async def tell(request: Request) -> str:
        return client_of(request)

    behind = ProxyHeadersMiddleware(app, trusted_hosts=PROXY)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(behind, client=(peer, 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as asking:
        answer = await asking.get("/", headers={"X-Forwarded-For": SOMEONE})
    assert answer.json() == client
