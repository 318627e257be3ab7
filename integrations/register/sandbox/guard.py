"""What stands before every route: how much a request may carry, and who sends it."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.register.sandbox.operations import Actor, Register
from integrations.register.sandbox.problems import ProblemError, answer_to, problem
from integrations.register.sandbox.tokens import client_of

LARGEST_BODY = 64 * 1024
LARGEST_ATTACHMENT = 5 * 1024 * 1024


class BodyLimit:
    """ASGI middleware: 413 above the limit, whatever the header says; holds no more than that."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body first, so that a route never sees a part of one too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = LARGEST_ATTACHMENT if "/attachments/" in scope["path"] else LARGEST_BODY
        told = Headers(scope=scope).get("content-length", "0")
        too_large = told.isdigit() and int(told) > largest
        body = None if too_large else await _read(receive, largest)
        if body is None:
            await problem(413, "too_large")(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)


class Guard:
    """ASGI middleware: `/v1` is for a client with a token, `scope["actor"]` says which."""

    def __init__(self, app: ASGIApp, register: Register) -> None:
        self._app = app
        self._register = register

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the actor, or 401."""
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            authorization = Headers(scope=scope).get("authorization", "")
            try:
                scope["actor"] = Actor("client", await self._client(authorization))
            except (ProblemError, SQLAlchemyError) as error:
                await answer_to(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _client(self, authorization: str) -> str:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _no_token("token_missing")
        client = await client_of(self._register, token.strip())
        if self._register.faults.strikes("expire_tokens"):
            raise _no_token("token_expired")
        return client


def _no_token(code: str) -> ProblemError:
    return ProblemError(401, code, headers={"WWW-Authenticate": f'Bearer error="{code}"'})


async def _read(receive: Receive, largest: int) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > largest:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once; afterwards whatever the server says (a disconnect)."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
