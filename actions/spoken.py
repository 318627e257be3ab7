"""A citizen's STOP, START or HELP that the provider has already answered: noted, nothing said.

It is stored and takes its turn like any message, so it happens once and in order.
"""

from __future__ import annotations

from bot.dialogue.effects import Effect, SetOptOut
from bot.dialogue.state import Draft, State
from bot.dialogue.turn import Outcome

_CHANGES: dict[str, tuple[Effect, ...]] = {
    "STOP": (SetOptOut(True),),
    "START": (SetOptOut(False),),
    "HELP": (),
}


def noted(word: str, state: State, draft: Draft | None) -> Outcome:
    """The turn of a message that the provider understood as `word`; the talk stays where it is."""
    return Outcome(state, draft, (), _CHANGES[word], None, None, None, None)
