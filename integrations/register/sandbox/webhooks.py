"""Tells the client that the feed moved: signed, tried again, and never more than a hint."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from datetime import datetime

import httpx
from sqlalchemy.exc import SQLAlchemyError

from integrations.platform.logs import get_logger
from integrations.register.sandbox.feed import head
from integrations.register.sandbox.operations import Register

log = get_logger(__name__)
LOOK_SECONDS = 0.5
TIMEOUT_SECONDS = 5.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The value of X-Register-Signature."""
    seconds = int(at.timestamp())
    digest = hmac.digest(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={digest.hex()}"


async def hint_for_ever(register: Register) -> None:
    """Post the newest cursor whenever it moved, until cancelled; what piles up is one hint."""
    told, pause = 0, 0.0
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        while True:
            await asyncio.sleep(max(pause, LOOK_SECONDS))
            try:
                newest = await head(register)
            except SQLAlchemyError:
                continue  # the database is away; the feed has not moved for us
            if newest == told:
                continue
            if await _hint(register, client, newest):
                told, pause = newest, 0.0
            else:
                pause = min(max(FIRST_PAUSE, pause * 2), LONGEST_PAUSE)


async def _hint(register: Register, client: httpx.AsyncClient, cursor: int) -> bool:
    config = register.config
    body = json.dumps({"cursor": cursor}).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Register-Signature": signature(config.webhook_secret, body, config.clock.now()),
    }
    try:
        answer = await client.post(config.webhook_url, content=body, headers=headers)
    except httpx.HTTPError as error:
        log.info("register.webhook_failed", cause=type(error).__name__)
        return False
    if not answer.is_success:
        log.info("register.webhook_refused", status=answer.status_code)
    return answer.is_success
