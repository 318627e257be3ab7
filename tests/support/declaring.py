"""Someone who declares a birth through the real turn, for tests of what hangs on a declaration."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from actions.core import real_core
from actions.handle_message import MessageHandler
from actions.messages import InboundMessage
from bot.dialogue.messages import Inbound
from integrations.database.attachments import Sender
from integrations.database.engine import Database
from integrations.platform.clock import SetClock
from integrations.platform.settings import Settings
from tests.dialogue.births import FRENCH

CONTACT = "+33612345678"
_serial = itertools.count(1)


async def nobody(_text: str) -> None:
    """Understanding that is down."""


@dataclass
class Citizen:
    """A web session that talks to the real core."""

    db: Database
    settings: Settings
    clock: SetClock
    address: str = field(default_factory=lambda: f"web:{uuid4()}")

    @property
    def sender(self) -> Sender:
        """As the channel names them."""
        return Sender("web", "web", self.address)

    async def say(self, words: str = "", choice: str | None = None) -> str:
        """One message; everything that came back."""
        turn = await self._handler().receive(
            InboundMessage(
                "web",
                "web",
                f"{self.address}:{next(_serial)}",
                self.address,
                Inbound(words, choice),
                self.clock.now(),
                inline=True,
            )
        )
        return "\n".join(reply.text for reply in turn.replies)

    async def begin(self) -> None:
        """Agree to the notice."""
        await self.say("bonjour")
        await self.say(choice="do:french")
        await self.say(choice="do:start_declare_birth")
        await self.say(choice="do:consent_yes")

    async def fill(self) -> None:
        """Answer everything."""
        await self.begin()
        for typed in (*FRENCH.values(), CONTACT):
            await self.say(typed)

    async def submit(self) -> None:
        """Send it."""
        await self.fill()
        await self.say(choice="do:submit")

    async def one(self, column: str) -> object:
        """A value of this person's draft."""
        statement = f"""select {column} from draft d join conversation c on c.draft_id = d.id
            left join pre_declaration p on p.draft_id = d.id
            where c.address_index = :owner"""  # noqa: S608
        owner = self.db.crypto.blind("address", self.address)
        async with self.db.engine.connect() as connection:
            return (await connection.execute(text(statement), {"owner": owner})).scalar_one()

    def wait(self, **length: float) -> datetime:
        """Let time pass."""
        self.clock.set(self.clock.now() + timedelta(**length))
        return self.clock.now()

    def _handler(self) -> MessageHandler:
        return MessageHandler(self.db, real_core(), self.settings, self.clock, nobody, lambda: None)
