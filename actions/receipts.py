"""The form that a citizen prints and brings: made when it is asked for, of the record as it stands.

Whoever has the link may have it: it is told to the sender who declared, and cannot be guessed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.wording.receipt import Declared, Sheet, sheet
from integrations.database import receipt_links
from integrations.database.engine import Database
from integrations.database.receipt_links import Links
from integrations.platform.clock import Clock, local
from integrations.platform.settings import Settings

TOKEN_LENGTH = 43  # 32 bytes in letters an address may have
Print = Callable[[Sheet], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A form, and what its file is called. Never log it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Receipts:
    """The use case."""

    db: Database
    clock: Clock
    settings: Settings
    print: Print

    async def fetch(self, token: str) -> Receipt | None:
        """The form that a token leads to; None whatever the reason."""
        if len(token) != TOKEN_LENGTH:
            return None
        links = Links(self.db.crypto, self.settings)
        found = await links.find(self.db, token, self.clock.now())
        if found is None:
            return None
        content = await self.print(sheet(_declared(found), trial=self.settings.trial))
        return Receipt(f"hala-{found.reference[-4:]}.pdf", content)


def _declared(found: receipt_links.Declared) -> Declared:
    return Declared(
        kind=found.kind,
        reference=found.reference,
        values=found.values,
        last_day=found.last_day,
        sent_on=local(found.sent_at).date(),
        attached=found.attached,
        notes=found.said,
    )
