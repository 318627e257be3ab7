"""Copies of acts by post: what they cost, the order, its payment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

OrderStatus = Literal[
    "awaiting_payment",
    "paid",
    "processing",
    "sent",
    "arrived",
    "delivered",
    "returned",
    "rejected",
    "lapsed",
    "handled",
]
"""Only forward, along this order; `handled` stands for whatever word we do not know."""


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What the fees depend on."""

    office: str
    extract_count: int
    full_copy_count: int
    delivery_country: str


@dataclass(frozen=True, slots=True)
class Fee:
    """One line of the fee table, in the quote's currency."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would cost, and until when that holds."""

    id: UUID
    fees: tuple[Fee, ...]
    total: Decimal
    currency: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CopyOrder:
    """An order under a quote whose terms the citizen accepted. Never log it."""

    transaction_id: UUID
    reference: str
    language: str
    quote: UUID
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """Where an order stands. `place` and `kept_until`: of a letter that waits at a post office."""

    transaction_id: UUID
    reference: str
    status: OrderStatus
    pay_until: datetime
    tracking_number: str | None = None
    place: str | None = None
    kept_until: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """The page where an order is paid; whoever has `url` may pay. Never log it."""

    url: str
    status: str
    amount: Decimal
    currency: str
    expires_at: datetime
