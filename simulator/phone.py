"""The page's own API: a telephone types, reads, watches for changes. Numbers travel in bodies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import phonenumbers
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, StreamingResponse

from bot.language import segments
from simulator.config import SimulatorConfig
from simulator.feature_phone import is_arabic, visual_lines
from simulator.rules import apply_stop_words
from simulator.store import Message, Store
from simulator.switches import Switches
from simulator.webhooks import Webhooks

PAGE = Path(__file__).with_name("page")
OLD_PHONE_COLUMNS = 26
_HEARTBEAT_SECONDS = 15.0


class Typed(BaseModel):
    """What a telephone sends: a text, or a photo, a voice note, a place."""

    number: str
    text: str = Field(default="", max_length=10_000)
    media: Literal["image", "audio", "video", "location"] | None = None


class Telephone(BaseModel):
    """Which telephone is looked at."""

    number: str


class Draft(BaseModel):
    """A text being typed."""

    text: str = Field(default="", max_length=10_000)


def msisdn(number: str) -> str:
    """The number in E.164, read as a Moroccan one when it has no country; 422 when it is none."""
    try:
        parsed = phonenumbers.parse(number, "MA")
    except phonenumbers.NumberParseException:
        raise HTTPException(422, "simulator.not_a_number") from None
    if not phonenumbers.is_valid_number(parsed):
        raise HTTPException(422, "simulator.not_a_number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def bubble(message: Message) -> dict[str, Any]:
    """A message as the page draws it."""
    counted = segments(message.body)
    return {
        "id": message.sid,
        "mine": message.inbound,
        "text": message.body,
        "media": message.media,
        "at": message.created.isoformat(),
        "rtl": is_arabic(message.body),
        "encoding": counted.encoding,
        "segments": counted.segments,
        "status": message.status,
        "webhook": message.webhook,
        "error": message.error_code,
        "old_phone": visual_lines(message.body, OLD_PHONE_COLUMNS),
    }


class Phone:
    """Telephones of all numbers, looked at one at a time."""

    def __init__(
        self, config: SimulatorConfig, store: Store, switches: Switches, webhooks: Webhooks
    ) -> None:
        self._config = config
        self._store = store
        self._switches = switches
        self._webhooks = webhooks

    def routes(self) -> APIRouter:
        """The page's routes."""
        router = APIRouter()
        router.add_api_route("/phone/send", self.send, methods=["POST"], status_code=201)
        router.add_api_route("/phone/messages", self.messages, methods=["POST"])
        router.add_api_route("/phone/count", self.count, methods=["POST"])
        router.add_api_route("/phone/events", self.events, response_model=None)
        router.add_api_route("/phone/clear", self.clear, methods=["POST"], status_code=204)
        router.add_api_route("/", self.page, response_model=None, include_in_schema=False)
        return router

    async def page(self) -> FileResponse:
        """The telephone."""
        return FileResponse(PAGE / "index.html")

    async def send(self, typed: Typed) -> dict[str, str]:
        """A citizen's message, on its way to the gateway."""
        if not typed.text.strip() and typed.media is None:
            raise HTTPException(422, "simulator.nothing_typed")
        message = Message(
            to=self._config.number,
            sender=msisdn(typed.number),
            body=typed.text,
            inbound=True,
            status="received",
            media=typed.media,
        )
        message.sent = message.created
        self._receive(message)
        return {"id": message.sid}

    def _receive(self, message: Message) -> None:
        answer = apply_stop_words(message, self._store) if self._switches.stop_words else None
        self._store.add(message)
        self._webhooks.inbound(message)
        if answer is not None:
            own = Message(message.sender, message.to, answer, inbound=False, status="delivered")
            own.sent = own.created
            self._store.add(own)

    async def messages(self, telephone: Telephone) -> dict[str, Any]:
        """What the telephone shows, oldest first."""
        number = msisdn(telephone.number)
        found = [bubble(message) for message in self._store.of_telephone(number)]
        service = self._config.number
        return {"number": number, "service": service, "messages": found}

    async def count(self, draft: Draft) -> dict[str, Any]:
        """What a text being typed would take."""
        counted = segments(draft.text)
        return {"encoding": counted.encoding, "segments": counted.segments, "units": counted.units}

    async def clear(self) -> None:
        """Forget all messages and who unsubscribed."""
        self._store.clear()

    async def events(self, request: Request) -> StreamingResponse:
        """Server-sent events: a revision number whenever anything changed."""
        return StreamingResponse(self._revisions(request), media_type="text/event-stream")

    async def _revisions(self, request: Request) -> AsyncIterator[str]:
        seen = -1
        while not await request.is_disconnected():
            seen = await self._store.changed(seen, _HEARTBEAT_SECONDS)
            yield f"data: {seen}\n\n"
            await asyncio.sleep(0.05)
