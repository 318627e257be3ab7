"""The register's JSON as the port's records. Unknown fields are left out; an unknown status is
"being handled"; an answer that lacks what the contract promises counts as none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, cast, get_args
from uuid import UUID

from bot.register import (
    Act,
    Attachment,
    CopyOrder,
    Correction,
    Event,
    Events,
    Fee,
    Held,
    HeldOrder,
    Office,
    Payment,
    PreDeclaration,
    Quote,
    RegisterAwayError,
    SameEvent,
    Status,
)
from bot.register.copies import OrderStatus

T = TypeVar("T")
Json = Mapping[str, Any]
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, InvalidOperation)
_STATUSES = frozenset(get_args(Status))
_ORDER_STATUSES = frozenset(get_args(OrderStatus))


def read(shape: Callable[[Any], T], document: Any) -> T:
    """The document in its shape. Raises RegisterAwayError: an answer nobody can read is asked for
    again; its text is told to nobody."""
    try:
        return shape(document)
    except _MALFORMED:
        raise RegisterAwayError("malformed") from None


def status_of(word: object) -> Status:
    """A status by the register's word."""
    return cast("Status", word) if word in _STATUSES else "handled"


def held(document: Json) -> Held:
    """A pre-declaration as it is held."""
    return Held(
        transaction_id=UUID(document["transaction_id"]),
        reference=str(document["reference"]),
        status=status_of(document["status"]),
        version=int(document["version"]),
        last_day=_maybe(date.fromisoformat, document.get("last_day")),
        office=_maybe(office, document.get("office")),
        correction=_maybe(_correction, document.get("correction")),
        act=_maybe(_act, document.get("act")),
        reason=_maybe(str, document.get("reason")),
        attachments=frozenset(UUID(each["id"]) for each in document.get("attachments", ())),
    )


def office(document: Json) -> Office:
    """An office."""
    return Office(
        id=str(document["id"]),
        commune=str(document["commune"]),
        name_ar=str(document["name_ar"]),
        name_fr=str(document["name_fr"]),
        address_ar=str(document["address_ar"]),
        address_fr=str(document["address_fr"]),
        kinds=tuple(document["kinds"]),
    )


def offices(document: Any) -> tuple[Office, ...]:
    """A list of them."""
    return tuple(office(each) for each in document)


def quote(document: Json) -> Quote:
    """What copies would cost."""
    fees = (Fee(str(line["code"]), Decimal(line["amount"])) for line in document["lines"])
    return Quote(
        UUID(document["id"]),
        tuple(fees),
        Decimal(document["total"]),
        str(document["currency"]),
        datetime.fromisoformat(document["expires_at"]),
    )


def held_order(document: Json) -> HeldOrder:
    """An order as it stands."""
    word, arrived = document["status"], document.get("arrived") or {}
    return HeldOrder(
        transaction_id=UUID(document["transaction_id"]),
        reference=str(document["reference"]),
        status=cast("OrderStatus", word) if word in _ORDER_STATUSES else "handled",
        pay_until=datetime.fromisoformat(document["pay_until"]),
        tracking_number=_maybe(str, document.get("tracking_number")),
        place=_maybe(str, arrived.get("place")),
        kept_until=_maybe(date.fromisoformat, arrived.get("kept_until")),
        reason=_maybe(str, document.get("reason")),
    )


def payment(document: Json) -> Payment:
    """Where an order is paid."""
    return Payment(
        str(document["url"]),
        str(document["status"]),
        Decimal(document["amount"]),
        str(document["currency"]),
        datetime.fromisoformat(document["expires_at"]),
    )


def events(document: Json) -> Events:
    """A piece of the feed."""
    return Events(tuple(_event(each) for each in document["events"]), int(document["cursor"]))


def pre_declaration_body(record: PreDeclaration) -> dict[str, Any]:
    """What is sent of a pre-declaration."""
    return {
        "reference": record.reference,
        "kind": record.kind,
        "values": {step: value for step, value in record.values.items() if value is not None},
        "missing": list(record.missing),
        "last_day": record.last_day,
        "version": record.version,
        "language": record.language,
        "papers": [{"kind": kind, "brought": brought} for kind, brought in record.papers],
    }


def exists_body(event: SameEvent) -> dict[str, Any]:
    """What is sent of an event."""
    return {
        "kind": event.kind,
        "date": event.date,
        "mother_identity": event.mother_identity,
        "names": list(event.names) or None,
    }


def order_body(order: CopyOrder) -> dict[str, Any]:
    """What is sent of an order. That its terms were accepted is why there is one."""
    return {
        "reference": order.reference,
        "language": order.language,
        "quote": order.quote,
        "terms_accepted": True,
        "values": dict(order.values),
    }


def attachment_path(transaction_id: UUID, attachment_id: UUID) -> str:
    """Where a paper stands."""
    return f"/v1/pre-declarations/{transaction_id}/attachments/{attachment_id}"


def attachment_query(attachment: Attachment) -> dict[str, str]:
    """What is said of a paper beside its content."""
    return {"kind": attachment.kind}


def _event(document: Json) -> Event:
    return Event(
        id=UUID(document["id"]),
        cursor=int(document["cursor"]),
        type=str(document["type"]),
        transaction_id=UUID(document["transaction_id"]),
        reference=str(document["reference"]),
        at=datetime.fromisoformat(document["at"]),
        data=dict(document.get("data") or {}),
    )


def _correction(document: Json) -> Correction:
    return Correction(
        tuple(document["steps"]),
        str(document["reason"]),
        datetime.fromisoformat(document["asked_at"]),
        _maybe(datetime.fromisoformat, document.get("answered_at")),
    )


def _act(document: Json) -> Act:
    return Act(int(document["number"]), int(document["year"]))


def _maybe(shape: Callable[[Any], T], document: Any) -> T | None:
    return None if document is None else shape(document)
