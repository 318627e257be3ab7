"""The port: every client of a register offers this, and nothing else of it is used."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from bot.register.copies import CopyOrder, HeldOrder, Payment, Quote, QuoteRequest
from bot.register.events import Events
from bot.register.records import Attachment, Held, Office, PreDeclaration, SameEvent


class Register(Protocol):
    """Every call raises RegisterAwayError when it may be tried again later, RegisterRefusedError
    when it may not. All but `quote` may be repeated: they then change nothing."""

    async def submit(self, record: PreDeclaration) -> Held:
        """Create it, or replace an older version. An older or equal one changes nothing."""

    async def read(self, transaction_id: UUID) -> Held | None:
        """Where it stands; None when the register has none of that id."""

    async def withdraw(self, transaction_id: UUID) -> bool:
        """Take it back, as long as no officer has opened it; False when there was none."""

    async def exists(self, event: SameEvent) -> bool:
        """Whether somebody began to declare this event. Never who."""

    async def attach(self, transaction_id: UUID, attachment: Attachment) -> None:
        """Hand a paper over."""

    async def detach(self, transaction_id: UUID, attachment_id: UUID) -> None:
        """Take a paper back, if it is there."""

    async def offices(self, commune: str) -> tuple[Office, ...]:
        """The offices of a commune or arrondissement, by its HCP code; none where it is unknown."""

    async def quote(self, asked: QuoteRequest) -> Quote:
        """What copies would cost."""

    async def order(self, order: CopyOrder) -> HeldOrder:
        """Order them; an order is never changed."""

    async def read_order(self, transaction_id: UUID) -> HeldOrder | None:
        """Where an order stands; None when the register has none of that id."""

    async def payment(self, transaction_id: UUID) -> Payment:
        """The link under which an order is paid: one for each order."""

    async def events(self, after: int, limit: int) -> Events:
        """What happened after a cursor, 0 being the beginning; fewer than `limit`: no more now."""
