"""Which papers belong to a declaration, and whether someone may see and change them now.

The list is data (`bot/flows/papers.toml`). What is attached under it is read by officers; it is not
told to whoever merely sits before the same screen, so the rule of the draft holds for it too.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from bot.dialogue import resuming, rules
from bot.dialogue.form import fits
from bot.dialogue.messages import Channel
from bot.dialogue.state import Draft, State
from bot.flows.model import Condition, condition_of

# Read as answered so while they are not: nothing is left out unless the citizen said so.
UNANSWERED = {"birth_place_kind": "unknown", "father_known": True}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a flow's list; `source` says which fact it rests on."""

    flow: str
    id: str
    when: Condition
    unless: Condition
    source: str


@cache
def all_papers() -> tuple[Paper, ...]:
    """Every paper of every flow, in the order they are asked for."""
    text = (files("bot.flows") / "papers.toml").read_text("utf-8")
    return tuple(_paper(raw) for raw in tomllib.loads(text)["paper"])


def papers_of(draft: Draft) -> tuple[str, ...]:
    """The ids of the papers that go with this declaration as it stands."""
    facts = {**UNANSWERED, **draft.frame.values, "prosecutor": rules.PROSECUTOR in draft.said}
    return tuple(p.id for p in all_papers() if p.flow == draft.flow and fits(p, facts))


def are_locked(
    state: State, draft: Draft, channel: Channel, now: datetime, screen_minutes: int = 30
) -> bool:
    """Whether the papers may not be told of now: a proof is due, or the next message would find it
    due, or the declaration is filled from elsewhere."""
    if not state.holds(draft):
        return True
    if resuming.proof_of(draft) is None:
        return False
    if state.aside.get("proof"):
        return True
    limit = resuming.trusted(channel, draft, screen_minutes)
    return bool(state.last_at) and now - datetime.fromisoformat(state.last_at) > limit


def _paper(raw: dict[str, Any]) -> Paper:
    when, unless = (condition_of(raw.get(key, {})) for key in ("when", "unless"))
    return Paper(raw["flow"], raw["id"], when, unless, raw["source"])
