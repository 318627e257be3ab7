"""Answers made once, at start: compressed, named by their content, given away without any work."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

VARY = "Accept-Encoding"


class Prepared:
    """A text that does not change while the process runs, plain and compressed."""

    def __init__(
        self, text: str, media_type: str, headers: Mapping[str, str], status: int = 200
    ) -> None:
        self._plain = text.encode()
        self._small = gzip.compress(self._plain, 9, mtime=0)
        self._tag = sha256(self._plain).hexdigest()[:20]
        self._status = status
        self._headers = {"Content-Type": f"{media_type}; charset=utf-8", "Vary": VARY, **headers}

    @property
    def text(self) -> str:
        """What it says."""
        return self._plain.decode()

    @property
    def version(self) -> str:
        """Names the content: another text has another version."""
        return self._tag

    def answer(self, request: Request) -> Response:
        """The text as the browser takes it; 304 when it has it already."""
        small = _takes_gzip(request.headers.get("accept-encoding", ""))
        tag = f'"{self._tag}-gz"' if small else f'"{self._tag}"'
        headers = self._headers | {"ETag": tag}
        if self._status == 200 and _has(request.headers.get("if-none-match", ""), tag):
            del headers["Content-Type"]
            return Response(status_code=304, headers=headers)
        if small:
            headers["Content-Encoding"] = "gzip"
        return Response(self._small if small else self._plain, self._status, headers)


def _takes_gzip(accepted: str) -> bool:
    for choice in accepted.lower().split(","):
        name, _, weight = choice.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" if weight else True
    return False


def _has(known: str, tag: str) -> bool:
    tags = [one.strip().removeprefix("W/") for one in known.split(",")]
    return tag in tags or tags == ["*"]
