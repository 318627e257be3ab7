"""The conversation's core as the turn uses it, in one value, so that a test may bring its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.answers.result import Language
from bot.dialogue.cards import mask_cards
from bot.dialogue.engine import advance
from bot.dialogue.messages import Channel, Facts, Inbound, Need, Reply, World
from bot.dialogue.state import Draft, State
from bot.dialogue.turn import Outcome
from bot.wording import Rendered, fit

# Words replies for a channel; a reply too long for it becomes several.
Word = Callable[[Iterable[Reply], Language, Channel], Iterable[tuple[Reply, Rendered]]]
Advance = Callable[[State, Draft | None, Inbound, Facts, World], Outcome | Need]


@dataclass(frozen=True, slots=True)
class Core:
    """What decides a message and what words its replies."""

    advance: Advance
    word: Word

    def start(self, stored: Mapping[str, Any] | None) -> State:
        """The stored state, or that of a conversation that begins."""
        return State.new() if stored is None else State.load(stored)


def real_core() -> Core:
    """The core citizens meet."""
    return Core(advance, fit)


def without_cards(text: str) -> str:
    """The text with payment card numbers masked: what may be stored of a message."""
    return mask_cards(text)[0]
