"""The console as a provider: the real turn, its replies shown here and never sent elsewhere."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from actions.core import Core, real_core
from actions.handle_message import MessageHandler
from actions.messages import InboundMessage, Turn
from bot.answers.result import Language
from bot.dialogue.messages import Channel, Inbound
from bot.dialogue.state import State
from channels.cli.lines import to_stderr
from channels.cli.processes import runs_understanding
from channels.cli.understanding import UnderstandingUnavailable, start_of
from channels.services import open_services
from integrations.database.migrate import migrate
from integrations.platform.clock import SetClock
from integrations.platform.settings import CHECKOUT, Settings
from integrations.understanding.process import UnderstandingDown, running
from integrations.understanding.training import TrainingError

PROVIDER = "console"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who talks. `address` None: somebody new; `language` None: told from what they write."""

    channel: Channel
    language: Language | None = None
    address: str | None = None

    def known(self) -> Caller:
        """The same caller, with an address: an invented number, or an id where there are none."""
        if self.address is not None:
            return self
        number = f"+2126{secrets.randbelow(10**8):08d}"
        address = f"console-{uuid.uuid4()}" if self.channel == "web" else number
        return Caller(self.channel, self.language, address)


@dataclass(frozen=True, slots=True)
class SpokenCore(Core):
    """The core for a caller who chose the language before the first message."""

    language: Language | None = None

    def start(self, stored: Mapping[str, Any] | None) -> State:
        """The stored state, or one that begins in the chosen language."""
        state = Core.start(self, stored)
        if stored is None and self.language is not None:
            state.language, state.language_chosen = self.language, True
        return state


class Console:
    """One caller's conversation. Use it inside one event loop."""

    def __init__(self, caller: Caller, now: datetime | None) -> None:
        self._caller = caller.known()
        self._clock = SetClock(now or datetime.now(UTC))
        self._stack = AsyncExitStack()

    async def open(self, settings: Settings) -> None:
        """Attach to the services, starting what does not run yet."""
        core = real_core()
        spoken = SpokenCore(core.advance, core.word, self._caller.language)
        services = await self._stack.enter_async_context(open_services(settings, spoken))
        migrate(services.database_url)
        await self._start_understanding(settings)
        self._handler = MessageHandler(
            services.db, spoken, settings, self._clock, services.understanding.understand
        )

    async def close(self) -> None:
        """Let the services go."""
        await self._stack.aclose()

    def set_clock(self, moment: datetime) -> None:
        """Move the time of the messages that follow."""
        self._clock.set(moment)

    async def receive(self, inbound: Inbound) -> Turn:
        """One message and the replies to it."""
        caller = self._caller
        message = InboundMessage(
            channel=caller.channel,
            provider=PROVIDER,
            provider_id=str(uuid.uuid4()),
            address=caller.address or "",
            inbound=inbound,
            received_at=self._clock.now(),
            inline=True,
        )
        return await self._handler.receive(message)

    async def _start_understanding(self, settings: Settings) -> None:
        if not runs_understanding(settings):
            return
        start = partial(start_of, CHECKOUT, settings.data_dir.absolute(), to_stderr)
        try:
            await self._stack.enter_async_context(running(settings.understanding_base, start))
        except (UnderstandingDown, UnderstandingUnavailable, TrainingError) as error:
            to_stderr(f"going on without understanding: {error}")
