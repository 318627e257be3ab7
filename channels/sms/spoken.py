"""A citizen's STOP or START that the provider has already answered: noted, and nothing said.

It goes through the same turn as any message, so it is stored once and in order; only its core is
another one, which says nothing.
"""

from __future__ import annotations

from actions.core import Advance, Core
from bot.dialogue.messages import Effect, Facts, Inbound, SetOptOut, World
from bot.dialogue.state import Draft, State
from bot.dialogue.turn import Outcome

# The provider's word for what it understood -> what it changes here.
PROVIDER_SAID: dict[str, tuple[Effect, ...]] = {
    "STOP": (SetOptOut(True),),
    "START": (SetOptOut(False),),
    "HELP": (),
}


def silent_core(core: Core, kind: str) -> Core:
    """The core for a message that the provider understood as `kind` and answered by itself."""
    return Core(_noting(PROVIDER_SAID[kind]), core.word)


def _noting(effects: tuple[Effect, ...]) -> Advance:
    def advance(
        state: State, draft: Draft | None, inbound: Inbound, facts: Facts, world: World
    ) -> Outcome:
        return Outcome(state, draft, (), effects, None, None, None, None)

    return advance
