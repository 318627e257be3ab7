"""A delivery receipt's words: Twilio's state of a message, in ours."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, cast

DeliveryState = Literal["queued", "sent", "delivered", "read", "failed"]


@cache
def delivery_states() -> dict[str, DeliveryState]:
    """Twilio's status word to our state, from `statuses.toml`."""
    raw = tomllib.loads(Path(__file__).with_name("statuses.toml").read_text(encoding="utf-8"))
    return {word: cast("DeliveryState", state) for word, state in raw.items()}


def delivery_state(word: str) -> DeliveryState:
    """Our state for a status word. KeyError on a word Twilio did not have when this was written."""
    return delivery_states()[word]
