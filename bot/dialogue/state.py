"""What a conversation and a draft remember between two messages, and how they are stored.

Both are plain values: `dump()` gives JSON, `load()` reads what any earlier release dumped (unknown
keys are dropped, missing ones take their default), so that a release in mid-conversation never
errs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Literal, TypeVar

from bot.answers.result import Language, Value

T = TypeVar("T")


@cache
def _names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls))


def _load(cls: type[T], raw: Mapping[str, Any]) -> T:
    names: tuple[str, ...] = _names(cls)  # type: ignore[arg-type]
    return cls(**{name: raw[name] for name in names if name in raw})


@dataclass(slots=True)
class Frame:
    """A flow under way: what was answered, what was answered with "I don't know", in which
    order."""

    flow: str
    version: int = 1
    values: dict[str, Value] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)

    def dump(self) -> dict[str, Any]:
        """The frame as JSON."""
        return {name: getattr(self, name) for name in _names(Frame)}

    def copy(self) -> Frame:
        """A frame whose changes do not show in this one."""
        return replace(
            self, values=dict(self.values), unknown=[*self.unknown], history=[*self.history]
        )

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Frame:
        """Read a stored frame."""
        return _load(cls, raw)


@dataclass(slots=True)
class Draft:
    """A declaration being filled. It belongs to a citizen; conversations point to it.

    `consent` is the version of the notice agreed to; `said` the notes already given once; `ring`
    what is being asked; `siblings` how many children of the same birth were declared before it.

    `holder` names the conversation that fills it now (`State.holds`), empty while only one ever
    did. `resume_code` opens it elsewhere; `code_tries` counts the wrong proofs given there.
    """

    id: str
    flow: str
    frame: Frame
    status: Literal["open", "submitted", "cancelled"] = "open"
    consent: str = ""
    ring: Literal["core", "completing"] = "core"
    reference: str = ""
    helper: bool = False
    siblings: int = 0
    said: list[str] = field(default_factory=list)
    holder: str = ""
    resume_code: str = ""
    code_tries: int = 0

    def dump(self) -> dict[str, Any]:
        """The draft as JSON."""
        return {name: getattr(self, name) for name in _names(Draft)} | {"frame": self.frame.dump()}

    def copy(self) -> Draft:
        """A draft whose changes do not show in this one."""
        return replace(self, frame=self.frame.copy(), said=[*self.said])

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Draft:
        """Read a stored draft."""
        draft = _load(cls, raw)
        draft.frame = Frame.load(raw["frame"])
        return draft


@dataclass(slots=True)
class State:
    """Where a conversation stands. `at` is the step it waits at, `asked` the question waiting for
    an answer, `offered` the ids of the choices shown, in keypad order; `side` a flow on top of the
    draft's (a status asked in mid-declaration); `aside` small values the step at hand needs."""

    language: Language = "fr"
    language_chosen: bool = False
    greeted: bool = False
    at: str = ""
    asked: str = ""
    offered: list[str] = field(default_factory=list)
    failures: int = 0
    last_problem: str = ""
    side: Frame | None = None
    aside: dict[str, Any] = field(default_factory=dict)
    topic: str = ""
    last_at: str = ""
    opted_out: bool = False
    ticket: str = ""
    ticket_at: str = ""
    holder: str = ""

    @classmethod
    def new(cls) -> State:
        """A conversation that has not begun."""
        return cls()

    def holds(self, draft: Draft) -> bool:
        """Whether this conversation is the one that fills the draft: several may point to it."""
        return draft.holder in ("", self.holder)

    def within_reach(self, draft: Draft | None) -> Draft | None:
        """The draft if it may be shown: none while a proof is due, or while it is held
        elsewhere."""
        if draft is None or self.aside.get("proof") or not self.holds(draft):
            return None
        return draft

    def dump(self) -> dict[str, Any]:
        """The state as JSON."""
        side = self.side.dump() if self.side else None
        return {name: getattr(self, name) for name in _names(State)} | {"side": side}

    def copy(self) -> State:
        """A state whose changes do not show in this one."""
        side = self.side.copy() if self.side else None
        return replace(self, side=side, offered=[*self.offered], aside=dict(self.aside))

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> State:
        """Read a stored state."""
        state = _load(cls, raw)
        state.side = Frame.load(raw["side"]) if raw.get("side") else None
        return state
