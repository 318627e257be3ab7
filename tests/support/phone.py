"""A citizen's telephone for dialogue tests: the real core and wording, no database, no network.

Understanding is a callable, so that a test can answer for it, leave it down, or ask the real model.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stdnum import damm

from bot.dialogue.effects import Effect, KeepReceipt, PointToDraft
from bot.dialogue.engine import advance
from bot.dialogue.messages import (
    Channel,
    Facts,
    Inbound,
    Need,
    NeedDraft,
    NeedReceipt,
    NeedUnderstanding,
    StatusView,
    Understood,
    World,
)
from bot.dialogue.state import Draft, State
from bot.dialogue.turn import Outcome
from bot.language import segments
from bot.wording import fit

CASABLANCA = ZoneInfo("Africa/Casablanca")
FRIDAY = datetime(2025, 11, 21, 10, 0, tzinfo=CASABLANCA)
Reader = Callable[[str], Understood | None]


def nobody(_text: str) -> Understood | None:
    """Understanding that is down."""
    return None


class Phone:
    """Types messages and keeps what came back; state and draft pass through JSON at every turn."""

    def __init__(
        self,
        channel: Channel = "sms",
        understand: Reader = nobody,
        now: datetime = FRIDAY,
        msisdn: str | None = "+212612345678",
        beside: Phone | None = None,
    ) -> None:
        """`beside`: another phone of the same service, whose drafts a code may open here."""
        self.understand = understand
        self.state = State.new()
        self.draft: Draft | None = None
        self.effects: list[Effect] = []
        self.sent: list[str] = []
        self.received: list[str] = []
        self.outcome: Outcome | None = None
        self.statuses: dict[tuple[str, str], StatusView] = {}
        self.drafts: dict[str, Draft] = beside.drafts if beside else {}
        self._counter: itertools.count[int] = beside._counter if beside else itertools.count(1)
        draws = (self._reference, self._id, self._code, self._token)
        self.receipts: dict[str, str] = beside.receipts if beside else {}
        self.world = World(now, channel, *draws, msisdn, base_url="https://hala.example.ma")

    def _id(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._counter):012d}"

    def _reference(self, kind: int) -> str:
        body = f"{kind}{next(self._counter):010d}"
        return body + damm.calc_check_digit(body)

    def _code(self) -> str:
        body = f"{9000000 + next(self._counter)}"
        return body + damm.calc_check_digit(body)

    def _token(self) -> str:
        return f"{next(self._counter):_>43}"

    def wait(self, **length: float) -> None:
        """Let time pass before the next message."""
        self.world = replace(self.world, now=self.world.now + timedelta(**length))

    def say(self, text: str = "", **inbound: Any) -> str:
        """Type one message; returns everything that came back, messages separated by an empty
        line."""
        self.sent.append(text)
        if self.draft:
            self.draft = self.drafts.get(self.draft.id, self.draft)
        outcome = self._decide(Inbound(text, **inbound))
        self.outcome = outcome
        self.state = State.load(outcome.state.dump())
        self._keep(outcome)
        fitted = fit(outcome.replies, self.state.language, self.world.channel)
        texts = [rendered.text for _, rendered in fitted]
        self.received += texts
        return "\n\n".join(texts)

    def _keep(self, outcome: Outcome) -> None:
        self.draft = Draft.load(outcome.draft.dump()) if outcome.draft else None
        if self.draft:
            self.drafts[self.draft.id] = self.draft
        self.effects += outcome.effects
        for effect in outcome.effects:
            if isinstance(effect, KeepReceipt):
                self.receipts[effect.reference] = effect.token
            if isinstance(effect, PointToDraft):
                self.draft = self.drafts[effect.draft_id] if effect.draft_id else None

    def _decide(self, inbound: Inbound) -> Outcome:
        facts = Facts()
        for _ in range(4):
            found = advance(self.state, self.draft, inbound, facts, self.world)
            if isinstance(found, Outcome):
                return found
            facts = self._look_up(found, facts)
        raise AssertionError("a turn asked for facts without end")

    def _look_up(self, need: Need, facts: Facts) -> Facts:
        if isinstance(need, NeedUnderstanding):
            return replace(facts, understood=self.understand(need.text), asked=True)
        if isinstance(need, NeedDraft):
            live = (d for d in self.drafts.values() if d.status in ("open", "submitted"))
            found = next((d for d in live if d.resume_code == need.code), None)
            return replace(facts, drafts={**facts.drafts, need.code: found})
        if isinstance(need, NeedReceipt):
            found_token = self.receipts.get(need.reference)
            return replace(facts, receipts={**facts.receipts, need.reference: found_token})
        key = (need.reference, need.second_factor)
        return replace(facts, statuses={**facts.statuses, key: self.statuses.get(key)})

    @property
    def values(self) -> dict[str, Any]:
        """The answers in the draft."""
        return dict(self.draft.frame.values) if self.draft else {}

    @property
    def segments_out(self) -> int:
        """SMS segments that all replies so far would take."""
        return sum(segments(text).segments for text in self.received)
