"""The feed: no gap, no going back, whoever writes at once; and a hint when it moved."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from tests.support.sandbox import WEBHOOK_SECRET, Sandbox, birth, running_sandbox
from tests.support.serving import eventually

WRITERS, EACH = 8, 12


def write(sandbox: Sandbox) -> None:
    """Declarations, each with a change or a refusal behind it."""
    for _ in range(EACH // 2):
        body, transaction_id = birth(), str(uuid4())
        sandbox.put(body, transaction_id)
        sandbox.put(birth(reference=body["reference"]))  # refused: rolled back
        sandbox.put(body | {"version": 2, "missing": []}, transaction_id)


def test_a_reader_beside_many_writers_misses_nothing(sandbox: Sandbox) -> None:
    start = cursor = sandbox.events()["cursor"]
    seen: list[int] = []
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, sandbox) for _ in range(WRITERS)]
        is_last = False
        while not is_last:
            all_written = all(done.done() for done in writing)
            page = sandbox.events(cursor, limit=7)
            seen += [event["cursor"] for event in page["events"]]
            cursor, is_last = page["cursor"], all_written and not page["events"]
    assert seen == list(range(start + 1, start + WRITERS * EACH + 1))


def test_an_empty_page_keeps_the_cursor(sandbox: Sandbox) -> None:
    cursor = sandbox.events()["cursor"]
    assert sandbox.events(cursor) == {"events": [], "cursor": cursor}
    assert sandbox.events(cursor + 1000) == {"events": [], "cursor": cursor + 1000}


def test_events_do_not_tell_what_was_declared(sandbox: Sandbox) -> None:
    body = birth(values={"child_given_name_latin": "Canari-9a"})
    sandbox.put(body)
    assert "Canari-9a" not in json.dumps(sandbox.events(), ensure_ascii=False)


@pytest.mark.parametrize(
    "query",
    [{"after": "-1"}, {"after": "x"}, {"after": "+1"}, {"limit": "0"}, {"limit": "501"}],
)
def test_a_cursor_that_is_none_is_refused(sandbox: Sandbox, query: dict[str, str]) -> None:
    assert sandbox.client.get("/v1/events", params=query).status_code == 422


class Listener(ThreadingHTTPServer):
    """The client's side of a webhook: keeps what is posted, answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.posts: list[tuple[str, bytes]] = []

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.posts.append((self.headers["X-Register-Signature"], body))
        self.send_response(server.answers.pop(0) if server.answers else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on the test's output."""


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join(5)


def test_a_webhook_is_signed_and_tried_again(register_url: str) -> None:
    with (
        listening() as listener,
        running_sandbox(register_url, webhook_url=listener.url) as sandbox,
    ):
        eventually(lambda: listener.posts)  # what happened before this start
        listener.answers, count = [500], len(listener.posts)
        sandbox.put(birth())
        eventually(lambda: len(listener.posts) >= count + 2)
        signature, body = listener.posts[-1]
        assert json.loads(body) == {"cursor": sandbox.events()["cursor"]}
        seconds, _, digest = signature.removeprefix("t=").partition(",v1=")
        signed = f"{seconds}.".encode() + body
        assert hmac.digest(WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hex() == digest
