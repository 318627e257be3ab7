"""What a channel hands to the turn and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from bot.answers.result import Language
from bot.dialogue.messages import Channel, Inbound
from bot.dialogue.turn import Outcome
from integrations.database.turns import Snapshot

Spoken = Literal["STOP", "START", "HELP"]
"""A word that the provider itself understood and answered, in its own terms."""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message whose sender the channel has verified. Never log `address` or `inbound`.

    `address`: E.164 with its `+` where the channel has numbers, else the channel's own stable id.
    `provider_id`: the provider's id of the message, the same on every repeat; so is
    `idempotency_token` where there is one. `inline`: the channel shows the replies itself (console,
    web, USSD), so they are stored as sent and the sender never takes them. `spoken`: the provider
    has answered already; the turn takes note and says nothing.
    """

    channel: Channel
    provider: str
    provider_id: str
    address: str
    inbound: Inbound
    received_at: datetime
    idempotency_token: str | None = None
    inline: bool = False
    spoken: Spoken | None = None


@dataclass(frozen=True, slots=True)
class QueuedReply:
    """A reply as it was stored."""

    id: UUID
    seq: int
    kind: str
    text: str
    choices: tuple[tuple[str, str], ...]
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of a message.

    `repeat`: it had come before, nothing changed; `replies` are those of then. `outcome` is known
    where this process answered it. `is_done` False: it is stored and waits, because its turn needs
    a fact, or `failed`: then only the sweep tries again, after a while. `found` is then what was
    read for it, if it is the oldest that waits. `has_more`: others of its conversation wait still.
    """

    inbox_id: UUID
    conversation_id: UUID
    replies: tuple[QueuedReply, ...]
    language: Language | None = None
    outcome: Outcome | None = None
    repeat: bool = False
    is_done: bool = True
    failed: bool = False
    found: Snapshot | None = None
    has_more: bool = True

    @property
    def is_waiting(self) -> bool:
        """Whether `drain` shall go on with it now."""
        return not (self.is_done or self.failed)
