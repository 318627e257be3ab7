"""What a view brought over the line, from the events of the browser's network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bench.figures import Figures

Event = dict[str, Any]
LINE = ("http", "https", "ws", "wss")


class Traffic:
    """Counts the requests of one view. Bytes are those of the line: compressed, with headers; what
    comes from the browser's own store counts nothing."""

    events = (
        "Network.requestWillBeSent",
        "Network.loadingFinished",
        "Network.webSocketCreated",
        "Network.webSocketFrameReceived",
    )

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._began: float | None = None
        self._hello: float | None = None
        self._requests = self._foreign = 0
        self._bytes = 0.0

    def noting(self, event: str) -> Callable[[Event], None]:
        """What to call with each event of this name."""
        return partial(self.note, event.removeprefix("Network."))

    def note(self, name: str, event: Event) -> None:
        """Take one event in."""
        match name:
            case "requestWillBeSent":
                self._request(event["request"]["url"])
                self._began = event["timestamp"] if self._began is None else self._began
            case "webSocketCreated":
                self._request(event["url"])
            case "loadingFinished":
                self._bytes += event["encodedDataLength"]
            case "webSocketFrameReceived" if self._hello is None:
                self._hello = event["timestamp"]

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in LINE:
            self._requests += 1
            self._foreign += parts.netloc != self._host

    def figures(self) -> Figures:
        """`hello_ms`: from the first request to the first frame of the socket."""
        hello = None
        if self._began is not None and self._hello is not None:
            hello = (self._hello - self._began) * 1000
        return {
            "kilobytes": round(self._bytes / 1000, 1),
            "requests": self._requests,
            "foreign": self._foreign,
            "hello_ms": hello,
        }
