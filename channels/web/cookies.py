"""The session's cookie: out of reach of scripts, and in a frame kept apart for each site around it.

Written by hand where the standard library of our oldest Python has no `Partitioned`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from starlette.requests import HTTPConnection

COOKIE = "hala_session"
EMBEDDED = "hala_session_embed"
_OURS_ALONE = "__Host-"
"""Over https browsers take a cookie of such a name from us alone: no other site of the same domain
can give a citizen a session that it knows."""
_TOKEN_BYTES = 32
_LONGEST = 64
_GONE = "Max-Age=0; "


def new_token() -> str:
    """What a browser holds; whoever has it is the session."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def tokens_of(connection: HTTPConnection, *, is_https: bool) -> Iterator[str]:
    """The tokens a browser brings. Both come where a site of our own shows the page in a frame;
    the order is always the same."""
    for name in (EMBEDDED, COOKIE):
        token = connection.cookies.get(_named(name, is_https), "")
        if token and len(token) <= _LONGEST:
            yield token


def set_cookie(token: str, *, embed: bool, is_https: bool, days: int) -> str:
    """The header's value that gives a browser its session."""
    return _cookie(token, f"Max-Age={days * 86400}; ", embed and is_https, is_https)


def cleared(*, is_https: bool) -> list[str]:
    """The headers' values that take it away, in a frame or not."""
    plain = _cookie("", _GONE, in_frame=False, is_https=is_https)
    return [plain, _cookie("", _GONE, in_frame=True, is_https=True)] if is_https else [plain]


def _cookie(token: str, life: str, in_frame: bool, is_https: bool) -> str:
    name = _named(EMBEDDED if in_frame else COOKIE, is_https)
    if in_frame:
        return f"{name}={token}; {life}Path=/; HttpOnly; SameSite=None; Secure; Partitioned"
    secure = "; Secure" if is_https else ""
    return f"{name}={token}; {life}Path=/; HttpOnly; SameSite=Lax{secure}"


def _named(name: str, is_https: bool) -> str:
    return f"{_OURS_ALONE}{name}" if is_https else name
