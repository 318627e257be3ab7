"""Twilio's REST shape: create, fetch and list messages of one account, behind a password."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.security.utils import get_authorization_scheme_param
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from simulator.config import SimulatorConfig
from simulator.rules import refusal, refused_code
from simulator.store import Message, Store
from simulator.switches import Switches
from simulator.webhooks import Webhooks

API = "/2010-04-01/Accounts/{sid}/Messages"
LARGEST_PAGE = 1000


class Cut(Response):
    """An answer that begins and never ends: the line drops after the request was read."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise a body and send none; the server then closes the connection."""
        headers = [(b"content-length", b"512"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})


def document(message: Message, config: SimulatorConfig) -> dict[str, Any]:
    """A message as the provider shows it."""
    uri = f"/2010-04-01/Accounts/{config.account_sid}/Messages/{message.sid}"
    has_file = message.media not in (None, "location")
    return {
        "account_sid": config.account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": format_datetime(message.created),
        "date_sent": format_datetime(message.sent) if message.sent else None,
        "date_updated": format_datetime(message.sent or message.created),
        "direction": "inbound" if message.inbound else "outbound-api",
        "error_code": message.error_code,
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": message.service_sid,
        "num_media": "1" if has_file else "0",
        "num_segments": str(max(1, message.segments)),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": uri + "/Media.json"},
        "to": message.to,
        "uri": uri + ".json",
    }


class TwilioApi:
    """The three calls, with their state."""

    def __init__(
        self, config: SimulatorConfig, store: Store, switches: Switches, webhooks: Webhooks
    ) -> None:
        self._config = config
        self._store = store
        self._switches = switches
        self._webhooks = webhooks

    def routes(self) -> APIRouter:
        """The provider's routes."""
        router = APIRouter()
        router.add_api_route(API + ".json", self.create, methods=["POST"], response_model=None)
        router.add_api_route(
            API + ".json", self.list_messages, methods=["GET"], response_model=None
        )
        router.add_api_route(
            API + "/{message_sid}.json", self.fetch, methods=["GET"], response_model=None
        )
        return router

    def _stopped(self, request: Request, sid: str) -> Response | None:
        """What answers before the call itself: an outage, a wrong password, another account."""
        if self._switches.down:
            return Response("Service Unavailable", status_code=503)
        scheme, given = get_authorization_scheme_param(request.headers.get("Authorization"))
        if scheme.lower() != "basic" or not secrets.compare_digest(given, self._password()):
            return refusal(20003)
        return None if sid == self._config.account_sid else refusal(20404)

    def _password(self) -> str:
        pair = f"{self._config.account_sid}:{self._config.auth_token}"
        return b64encode(pair.encode()).decode()

    async def create(self, request: Request, sid: str) -> Response:
        """Take a message for a telephone."""
        if stopped := self._stopped(request, sid):
            return stopped
        if self._switches.take("too_many"):
            return refusal(20429)
        if self._switches.take("drop"):
            return Cut()
        fields = {name: str(value) for name, value in (await request.form()).items()}
        code = refused_code(fields, self._config.number, self._store)
        if code is not None:
            return refusal(code, fields)
        message = self._accept(fields)
        await asyncio.sleep(self._switches.answer_delay_ms / 1000)
        if self._switches.take("accept_then_drop"):
            return Cut()
        return JSONResponse(document(message, self._config) | {"status": "queued"}, 201)

    def _accept(self, fields: dict[str, str]) -> Message:
        message = Message(
            to=fields["To"],
            sender=fields.get("From") or self._config.number,
            body=fields["Body"],
            inbound=False,
            status="queued",
            status_callback=fields.get("StatusCallback"),
            service_sid=fields.get("MessagingServiceSid"),
            sent=datetime.now(UTC),
        )
        self._store.add(message)
        self._webhooks.receipts(message)
        return message

    async def fetch(self, request: Request, sid: str, message_sid: str) -> Response:
        """One message."""
        if stopped := self._stopped(request, sid):
            return stopped
        message = self._store.get(message_sid)
        if message is None:
            return refusal(20404)
        return JSONResponse(document(message, self._config))

    async def list_messages(self, request: Request, sid: str) -> Response:
        """Messages newest first, filtered by To, From and DateSent, in pages."""
        if stopped := self._stopped(request, sid):
            return stopped
        query = dict(request.query_params)
        wanted = _filter(query)
        found = [message for message in self._store.newest_first() if wanted(message)]
        return JSONResponse(self._page(found, query))

    def _page(self, found: list[Message], query: dict[str, str]) -> dict[str, Any]:
        size = min(int(query.get("PageSize", "50")), LARGEST_PAGE)
        page = int(query.get("Page", "0"))
        start = page * size
        shown = found[start : start + size]

        def uri(number: int) -> str:
            asked = query | {"PageSize": str(size), "Page": str(number)}
            path = API.format(sid=self._config.account_sid)
            return f"{path}.json?{urlencode(asked)}"

        return {
            "first_page_uri": uri(0),
            "end": start + len(shown) - 1,
            "previous_page_uri": uri(page - 1) if page else None,
            "messages": [document(message, self._config) for message in shown],
            "uri": uri(page),
            "page_size": size,
            "start": start,
            "next_page_uri": uri(page + 1) if start + size < len(found) else None,
            "page": page,
        }


def _filter(query: dict[str, str]) -> Callable[[Message], bool]:
    """`DateSent>` is what `DateSent>=2026-01-01` parses to; a message never sent has no date."""
    after, before = query.get("DateSent>"), query.get("DateSent<")

    def wanted(message: Message) -> bool:
        return (
            query.get("To", message.to) == message.to
            and query.get("From", message.sender) == message.sender
            and (after is None or _sent(message) >= _moment(after))
            and (before is None or _sent(message) <= _moment(before))
        )

    return wanted


def _sent(message: Message) -> datetime:
    return (message.sent or message.created).replace(microsecond=0)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
