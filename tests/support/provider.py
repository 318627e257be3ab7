"""The simulator over HTTP, as a fixture's building block, and a gateway that only notes posts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response

from simulator.app import create_app
from simulator.config import SimulatorConfig
from simulator.store import Message
from simulator.switches import Switches
from tests.support.serving import eventually, free_port, serving

SID = "AC" + "5" * 32
TOKEN = "a-token-for-tests"
SERVICE = "+15005550006"
CITIZEN = "+212612345678"


@dataclass
class Provider:
    """A running simulator: its URL, its memory, its switches."""

    url: str
    config: SimulatorConfig
    app: FastAPI

    def switch(self, **values: Any) -> None:
        """Set switches, over HTTP as a person would."""
        httpx.post(f"{self.url}/control", json=values).raise_for_status()

    def type(self, text: str = "", number: str = CITIZEN, media: str | None = None) -> str:
        """A telephone sends a message; its id."""
        body = {"number": number, "text": text, "media": media}
        answer = httpx.post(f"{self.url}/phone/send", json=body)
        answer.raise_for_status()
        return str(answer.json()["id"])

    def to_phones(self) -> list[Message]:
        """What reached telephones, oldest first."""
        return [m for m in reversed(list(self.app.state.store.newest_first())) if not m.inbound]

    def message(self, sid: str) -> Message:
        """One message by its id."""
        found: Message | None = self.app.state.store.get(sid)
        assert found is not None
        return found


@contextmanager
def running_provider(webhook: str, port: int | None = None) -> Iterator[Provider]:
    """A simulator that posts to this webhook."""
    config = SimulatorConfig(SID, TOKEN, SERVICE, webhook)
    app = create_app(config)
    with serving(app, port or free_port()) as url:
        yield Provider(url, config, app)


def good_day(provider: Provider) -> Iterator[Provider]:
    """For a fixture: a running provider that remembers nothing; a test may spoil the day."""
    yield provider
    provider.switch(**Switches().model_dump())
    eventually(lambda: provider.app.state.webhooks.is_idle)
    httpx.post(f"{provider.url}/phone/clear").raise_for_status()


@dataclass
class Post:
    """One request a webhook got."""

    path: str
    fields: dict[str, str]
    headers: dict[str, str]


@dataclass
class Notebook:
    """A gateway that answers as told and notes what is posted to it."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def app(self) -> FastAPI:
        """The application to serve."""
        app = FastAPI()

        @app.post("/{path:path}")
        async def note(path: str, request: Request) -> Response:
            fields = {name: str(value) for name, value in (await request.form()).items()}
            query = f"?{request.url.query}" if request.url.query else ""
            self.posts.append(Post(f"/{path}{query}", fields, dict(request.headers)))
            return Response(status_code=self.answers.pop(0) if self.answers else 200)

        return app


@contextmanager
def running_notebook() -> Iterator[Notebook]:
    """A notebook on loopback."""
    notebook = Notebook()
    with serving(notebook.app(), free_port()) as url:
        notebook.url = url
        yield notebook
