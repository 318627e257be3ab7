"""A site of somebody else, on loopback, on whose page a test puts what it likes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tests.support.serving import free_port, serving

HEAD = "<!doctype html><html lang=fr><meta charset=utf-8><title>Commune</title><h1>Commune</h1>"


@dataclass
class Guest:
    """Its address and what stands on its page."""

    url: str = ""
    body: str = ""


@contextmanager
def running_guest(body: str = "") -> Iterator[Guest]:
    """Serve it until the block ends."""
    guest = Guest(body=body)
    app = FastAPI(openapi_url=None)

    @app.get("/")
    async def site() -> HTMLResponse:
        return HTMLResponse(HEAD + guest.body)

    with serving(app, free_port()) as guest.url:
        yield guest
