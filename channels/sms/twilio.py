"""Twilio's two webhooks for SMS: what a citizen sent, and how a message of ours fares.

The signature comes first; until it fits nothing of the request is believed or kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from actions.jobs.policy import SenderPolicy
from actions.jobs.receipts import take_receipt
from actions.messages import InboundMessage, Turn
from channels.auth import TWILIO_SIGNATURE, auth
from channels.problems import ProblemError
from channels.sms.payload import (
    PROVIDER,
    Pairs,
    check_account,
    inbound_of,
    pairs_of,
    receipt_of,
)
from integrations.database.engine import Database
from integrations.platform.clock import Clock
from integrations.platform.logs import get_logger
from integrations.platform.settings import Settings
from integrations.twilio import is_signed
from integrations.twilio.receipts import delivery_states

log = get_logger(__name__)
WEBHOOK = "/channels/sms/twilio"
STATUS = "/channels/sms/twilio/status"
# Two more tries on any failure: Twilio retries no message webhook by itself.
OVERRIDES = "#rc=2&rp=all"
_EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

Accept = Callable[[InboundMessage], Awaitable[Turn]]


def status_url(settings: Settings) -> str:
    """What Twilio is told for receipts."""
    return settings.base_url + STATUS + OVERRIDES


@dataclass(frozen=True, slots=True)
class TwilioSms:
    """`accept` stores a message and runs its turn if it can at once; `answer_later` begins what is
    left of a conversation's turns and returns."""

    settings: Settings
    db: Database
    clock: Clock
    accept: Accept
    answer_later: Callable[[Turn], None]

    def routes(self) -> APIRouter:
        """The two webhooks."""
        router = APIRouter(tags=["sms"])
        rule = auth(TWILIO_SIGNATURE)
        for path, endpoint in ((WEBHOOK, self.inbound), (STATUS, self.status)):
            router.add_api_route(
                path, endpoint, methods=["POST"], openapi_extra=rule, response_model=None
            )
        return router

    async def inbound(self, request: Request) -> Response:
        """Take a citizen's message in. Answered when it is stored; replies leave on their own."""
        fields = await self._verified(request, WEBHOOK)
        token = request.headers.get("I-Twilio-Idempotency-Token")
        message = inbound_of(fields, token, self.clock.now())
        turn = await self.accept(message)
        if turn.is_waiting:
            self.answer_later(turn)
        return Response(_EMPTY_TWIML, media_type="text/xml")

    async def status(self, request: Request) -> Response:
        """Take a delivery receipt in; a repeat or an older one changes nothing."""
        fields = await self._verified(request, STATUS)
        receipt = receipt_of(fields)
        state = delivery_states().get(receipt.status)
        if state is None:
            # Our table lacks a word: Twilio can do nothing about it by sending it again.
            log.error("sms.unknown_status", status=receipt.status)
            return Response(status_code=204)
        await take_receipt(
            self.db,
            self.clock,
            PROVIDER,
            receipt.provider_id,
            state,
            receipt.error_code,
            SenderPolicy(),
        )
        return Response(status_code=204)

    async def _verified(self, request: Request, path: str) -> dict[str, str]:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signature:
            raise ProblemError(403, "sms.missing_signature")
        pairs = pairs_of(await request.body())
        if not self._is_signed(request, path, pairs, signature):
            raise ProblemError(403, "sms.bad_signature")
        fields = dict(pairs)
        check_account(fields, self.settings.twilio_account_sid)
        return fields

    def _is_signed(self, request: Request, path: str, pairs: Pairs, signature: str) -> bool:
        query = f"?{request.url.query}" if request.url.query else ""
        url = self.settings.base_url + path + query
        token = self.settings.twilio_auth_token.get_secret_value()
        return is_signed(url, pairs, signature, token)
