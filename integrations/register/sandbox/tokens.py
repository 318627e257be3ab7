"""Access tokens: OAuth 2 client credentials, ten minutes, kept as a hash only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from integrations.register.sandbox.declared import declared
from integrations.register.sandbox.operations import Actor, Register
from integrations.register.sandbox.problems import ProblemError, problem

LIFE = timedelta(minutes=10)
TOKEN_BYTES = 32


def routes(register: Register) -> APIRouter:
    """`POST /oauth/token`."""
    router = APIRouter()

    @router.post("/oauth/token", responses=declared(200, 400, 401, 413, 500, 503))
    async def token(request: Request) -> Response:
        """A token for the client that the form or the header names."""
        form = await request.form()
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        if "grant_type" not in given:
            return _refused(400, "invalid_request")
        if given["grant_type"] != "client_credentials":
            return _refused(400, "unsupported_grant_type")
        client, secret = _credentials(given, request.headers.get("authorization", ""))
        if not client or not _is_client(register, client, secret):
            return _refused(401, "invalid_client")
        told = {
            "access_token": await _issue(register, client),
            "token_type": "Bearer",
            "expires_in": int(LIFE.total_seconds()),
        }
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    return router


async def client_of(register: Register, token: str) -> str:
    """The client a token was given to. ProblemError 401 when it is unknown or expired."""
    async with register.engine.begin() as connection:
        found = (
            await connection.exec_driver_sql(
                "select client, expires_at from token where hash = %s", (_hash(token),)
            )
        ).first()
    expired = found is not None and found.expires_at <= register.config.clock.now()
    if found is None or expired:
        code = "token_expired" if expired else "token_unknown"
        raise ProblemError(401, code, headers={"WWW-Authenticate": f'Bearer error="{code}"'})
    return str(found.client)


async def _issue(register: Register, client: str) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with register.operation(Actor("client", client), "token.taken") as operation:
        await operation.run("delete from token where expires_at < :now", now=operation.now)
        await operation.run(
            "insert into token (hash, client, expires_at) values (:hash, :client, :expires_at)",
            hash=_hash(token),
            client=client,
            expires_at=operation.now + LIFE,
        )
    return token


def _credentials(form: Mapping[str, str], authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret


def _is_client(register: Register, client: str, secret: str) -> bool:
    config = register.config
    same_id = hmac.compare_digest(client.encode(), config.client_id.encode())
    return same_id & hmac.compare_digest(secret.encode(), config.client_secret.encode())


def _refused(status: int, error: str) -> Response:
    return problem(status, error, error=error)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
