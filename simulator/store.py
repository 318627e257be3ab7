"""What the provider remembers: messages both ways, who unsubscribed. In memory, with a ceiling."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.language import segments

MESSAGES_KEPT = 5000


def new_sid(prefix: str) -> str:
    """A Twilio-shaped id: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class Message:
    """One message; `inbound` as the provider sees it: from the telephone to the service.

    `webhook` tells the page how the gateway took an inbound message: waiting, taken, refused, lost.
    """

    to: str
    sender: str
    body: str
    inbound: bool
    status: str
    media: str | None = None
    status_callback: str | None = None
    service_sid: str | None = None
    opt_out_type: str | None = None
    error_code: int | None = None
    webhook: str = "waiting"
    sid: str = field(default_factory=lambda: new_sid("SM"))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent: datetime | None = None

    @property
    def telephone(self) -> str:
        """The citizen's number."""
        return self.sender if self.inbound else self.to

    @property
    def segments(self) -> int:
        """SMS parts the text takes; 0 without a text."""
        return segments(self.body).segments if self.body else 0


class Store:
    """Messages in order of arrival. `changed` wakes whoever shows them."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self.unsubscribed: set[str] = set()
        self.revision = 0
        self._change = asyncio.Event()

    def add(self, message: Message) -> None:
        """Keep a message; the oldest falls out above the ceiling."""
        self._messages[message.sid] = message
        if len(self._messages) > MESSAGES_KEPT:
            del self._messages[next(iter(self._messages))]
        self.touch()

    def get(self, sid: str) -> Message | None:
        """The message of this id."""
        return self._messages.get(sid)

    def newest_first(self) -> Iterator[Message]:
        """All messages, newest first, as the provider lists them."""
        return reversed(self._messages.values())

    def of_telephone(self, number: str) -> list[Message]:
        """What passed with one telephone, oldest first."""
        return [m for m in self._messages.values() if m.telephone == number]

    def clear(self) -> None:
        """Forget everything."""
        self._messages.clear()
        self.unsubscribed.clear()
        self.touch()

    def touch(self) -> None:
        """Say that something changed."""
        self.revision += 1
        self._change.set()
        self._change = asyncio.Event()

    async def changed(self, seen: int, patience_seconds: float) -> int:
        """The revision, as soon as it is not `seen`, or after the patience."""
        if self.revision == seen:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._change.wait(), patience_seconds)
        return self.revision
