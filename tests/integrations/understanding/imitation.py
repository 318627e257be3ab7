"""A server on loopback that answers /model/parse as told: well, slowly, wrongly or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Imitation:
    """`status`, `body` and `delay` (seconds) may change between calls; `asked` are the texts."""

    def __init__(self) -> None:
        self.status, self.delay = 200, 0.0
        self.body: Any = {}
        self.asked: list[str] = []
        self.base_url = ""


@contextmanager
def imitation() -> Iterator[Imitation]:
    """Serve on a free port for as long as the block runs."""
    state = Imitation()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    http.daemon_threads = True
    state.base_url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _handler(state: Imitation) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            state.asked.append(json.loads(self.rfile.read(length))["text"])
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            time.sleep(state.delay)
            body = state.body if isinstance(state.body, bytes) else json.dumps(state.body).encode()
            try:
                self.send_response(state.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the client had enough of waiting: that is what some tests are about

        def log_message(self, *arguments: Any) -> None:
            """Keep the test output quiet."""

    return Handler
