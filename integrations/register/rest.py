"""The register's client for our own contract (`openapi.yaml`): the port over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from bot.register import (
    Attachment,
    CopyOrder,
    Events,
    Held,
    HeldOrder,
    Office,
    Payment,
    PreDeclaration,
    Quote,
    QuoteRequest,
    RegisterRefusedError,
    SameEvent,
)
from integrations.platform.settings import Settings
from integrations.register import shapes
from integrations.register.transport import Account, Call, Patience, Transport

UNKNOWN = "unknown"
"""The register's word for an id that it does not have."""


class RestRegister:
    """`bot.register.Register` over HTTP; one for each process."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def is_available(self) -> bool:
        """False while the register is given up for a moment."""
        return self._transport.is_available

    async def submit(self, record: PreDeclaration) -> Held:
        """See the port; so the others."""
        body = shapes.pre_declaration_body(record)
        return shapes.read(shapes.held, await self._put(_path(record.transaction_id), body))

    async def read(self, transaction_id: UUID) -> Held | None:
        found = await self._found(Call("GET", _path(transaction_id)))
        return None if found is None else shapes.read(shapes.held, found)

    async def withdraw(self, transaction_id: UUID) -> bool:
        return await self._deleted(_path(transaction_id))

    async def exists(self, event: SameEvent) -> bool:
        answer = await self._post("/v1/pre-declarations/exists", shapes.exists_body(event))
        return shapes.read(lambda document: bool(document["exists"]), answer)

    async def attach(self, transaction_id: UUID, attachment: Attachment) -> None:
        await self._transport.call(
            Call(
                "PUT",
                shapes.attachment_path(transaction_id, attachment.id),
                shapes.attachment_query(attachment),
                attachment.content,
                attachment.media_type,
            )
        )

    async def detach(self, transaction_id: UUID, attachment_id: UUID) -> None:
        await self._deleted(shapes.attachment_path(transaction_id, attachment_id))

    async def offices(self, commune: str) -> tuple[Office, ...]:
        found = await self._found(Call("GET", "/v1/offices", {"commune": commune}))
        return () if found is None else shapes.read(shapes.offices, found)

    async def quote(self, asked: QuoteRequest) -> Quote:
        body = {
            "office": asked.office,
            "extract_count": asked.extract_count,
            "full_copy_count": asked.full_copy_count,
            "delivery_country": asked.delivery_country,
        }
        return shapes.read(shapes.quote, await self._post("/v1/quotes", body))

    async def order(self, order: CopyOrder) -> HeldOrder:
        path = _order_path(order.transaction_id)
        return shapes.read(shapes.held_order, await self._put(path, shapes.order_body(order)))

    async def read_order(self, transaction_id: UUID) -> HeldOrder | None:
        found = await self._found(Call("GET", _order_path(transaction_id)))
        return None if found is None else shapes.read(shapes.held_order, found)

    async def payment(self, transaction_id: UUID) -> Payment:
        path = _order_path(transaction_id) + "/payments"
        return shapes.read(shapes.payment, await self._transport.call(Call("POST", path)))

    async def events(self, after: int, limit: int) -> Events:
        query = {"after": str(after), "limit": str(limit)}
        answer = await self._transport.call(Call("GET", "/v1/events", query))
        return shapes.read(shapes.events, answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _put(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._transport.call(Call("PUT", path, body=orjson.dumps(body)))

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._transport.call(Call("POST", path, body=orjson.dumps(body)))

    async def _found(self, call: Call) -> Any:
        """The document; None where the register has no such thing."""
        try:
            return await self._transport.call(call)
        except RegisterRefusedError as refusal:
            if refusal.code != UNKNOWN:
                raise
            return None

    async def _deleted(self, path: str) -> bool:
        try:
            await self._transport.call(Call("DELETE", path))
        except RegisterRefusedError as refusal:
            if refusal.code != UNKNOWN:
                raise
            return False
        return True


def rest_register(settings: Settings, patience: Patience | None = None) -> RestRegister:
    """The register that the settings name."""
    secret = settings.register_client_secret.get_secret_value()
    account = Account(settings.register_client_id, secret)
    return RestRegister(Transport(settings.register_base, account, patience))


def _path(transaction_id: UUID) -> str:
    return f"/v1/pre-declarations/{transaction_id}"


def _order_path(transaction_id: UUID) -> str:
    return f"/v1/copy-orders/{transaction_id}"
