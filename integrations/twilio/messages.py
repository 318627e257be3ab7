"""Sending, finding and listing messages through the official SDK.

No exception here carries a text or a number: the SDK's do (they quote the recipient), so they are
turned into values (`SendFailure`) or into `Unavailable` with a status only.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from integrations.twilio.errors import (
    SendFailure,
    failure_of_code,
    failure_of_status,
    no_answer,
    not_reached,
)
from integrations.twilio.http import RebasedClient

# Twilio stamps whole seconds by its own clock; ours may differ by some.
CLOCK_SKEW = timedelta(seconds=5)
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class ProviderUnavailableError(Exception):
    """Twilio could not be asked (list, look-up); try again later. Carries the HTTP status or 0."""

    def __init__(self, status: int = 0) -> None:
        super().__init__(f"twilio.unavailable status={status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Sent:
    """Twilio took the message under this id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Received:
    """A citizen's message as Twilio lists it: what a lost webhook would have said.

    `media_count` is all a listing tells of media; their kinds are known to the webhook only.
    """

    provider_id: str
    sender: str
    recipient: str
    text: str
    media_count: int
    at: datetime


class TwilioMessages:
    """Messages of one account. `sender` is a number or, beginning with MG, a messaging service."""

    def __init__(
        self, account_sid: str, auth_token: str, sender: str, base: str, timeout_seconds: float
    ) -> None:
        self._http = RebasedClient(base, timeout_seconds)
        # An empty environment: the SDK would else read TWILIO_* beside our settings.
        self._messages = Client(
            account_sid, auth_token, http_client=self._http, environment={"_": ""}
        ).messages
        self._sender = sender

    async def send(self, to: str, text: str, status_callback: str) -> Sent | SendFailure:
        """Post one message; `to` is E.164, or `whatsapp:` and E.164. A refusal is a value."""
        try:
            made = await self._messages.create_async(
                to=to,
                body=text,
                status_callback=status_callback,
                smart_encoded=False,  # Twilio would replace letters, also in names
                **self._from(),
            )
        except TwilioRestException as error:
            return _refused(error)
        except _NEVER_LEFT:
            return not_reached()
        except (httpx.HTTPError, ValueError):
            return no_answer()
        return Sent(str(made.sid))

    def _from(self) -> dict[str, str]:
        if self._sender.startswith("MG"):
            return {"messaging_service_sid": self._sender}
        return {"from_": self._sender}

    async def candidates(self, to: str, text: str, since: datetime) -> list[str]:
        """Ids of our messages to `to` with exactly this text, created since; oldest first.

        The caller leaves out those that belong to other rows: the same words may be sent twice on
        purpose. Filtered by recipient only, because a message still queued has no sending date.
        Raises ProviderUnavailableError when Twilio cannot be asked.
        """
        oldest = since - CLOCK_SKEW
        found: list[str] = []
        async with contextlib.aclosing(self._listed(to=to)) as listed:
            async for message in listed:
                if _created(message) < oldest:
                    break
                if _is_ours(message) and message.body == text:
                    found.append(str(message.sid))
        return found[::-1]

    async def received_since(self, since: datetime) -> list[Received]:
        """Every inbound message since, oldest first. Raises ProviderUnavailableError."""
        to: dict[str, Any] = {} if self._sender.startswith("MG") else {"to": self._sender}
        after = since - CLOCK_SKEW
        async with contextlib.aclosing(self._listed(date_sent_after=after, **to)) as listed:
            found = [_received(message) async for message in listed if not _is_ours(message)]
        # Listed newest first, by whole seconds: turned round, equal times stay in their order.
        found.reverse()
        return sorted(found, key=lambda message: message.at)

    async def _listed(self, **filters: Any) -> AsyncGenerator[Any, None]:
        try:
            stream = await self._messages.stream_async(page_size=100, **filters)
            async for message in stream:
                yield message
        except TwilioException as error:
            raise ProviderUnavailableError(_status_of(error)) from None
        except (httpx.HTTPError, ValueError):
            raise ProviderUnavailableError from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _refused(error: TwilioRestException) -> SendFailure:
    """The SDK puts the HTTP status in `code` when the answer had no code of Twilio's."""
    if error.code is None or error.code == error.status:
        return failure_of_status(error.status)
    return failure_of_code(error.code, error.status)


def _status_of(error: TwilioException) -> int:
    """Of a refused page the SDK gives its response as the second argument."""
    answer = error.args[1] if len(error.args) > 1 else error
    return int(getattr(answer, "status_code", getattr(answer, "status", 0)))


def _is_ours(message: Any) -> bool:
    return str(message.direction).startswith("outbound")


def _created(message: Any) -> datetime:
    when: datetime = message.date_created or message.date_sent
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _received(message: Any) -> Received:
    return Received(
        provider_id=str(message.sid),
        sender=str(message.from_),
        recipient=str(message.to),
        text=message.body or "",
        media_count=int(message.num_media or 0),
        at=_created(message),
    )
