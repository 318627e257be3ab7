"""One turn while it is being decided: what is known, what is said, what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.answers.result import AnswerContext, Language
from bot.dialogue.effects import Effect
from bot.dialogue.messages import (
    Arg,
    Card,
    Choice,
    Facts,
    Inbound,
    Need,
    NeedUnderstanding,
    Reply,
    ReplyKind,
    Sentence,
    Understood,
    Verbatim,
    World,
)
from bot.dialogue.state import Draft, Frame, State
from bot.flows import Flow, flow_named

WITH_BUTTONS = ("web",)
UNDERSTANDING_LIMIT = 500  # characters handed to understanding; more says nothing more


class NeedsFactError(Exception):
    """The turn cannot be decided without a fact from outside; carries what is needed, no text in
    it."""

    def __init__(self, need: Need) -> None:
        super().__init__(type(need).__name__)
        self.need = need


class NoFlowError(Exception):
    """A step of a flow was taken where none is under way: a fault of ours, told by its code."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn ends with. `flow`, `step` and `reference` say where the conversation now
    stands."""

    state: State
    draft: Draft | None
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...]
    understood: Understood | None
    flow: str | None
    step: str | None
    reference: str | None


class Turn:
    """Collects sentences, choices and effects; the state and draft it holds are copies."""

    def __init__(
        self, state: State, draft: Draft | None, inbound: Inbound, facts: Facts, world: World
    ) -> None:
        self.state = state.copy()
        self.draft = draft.copy() if draft else None
        self.locked: Draft | None = None
        self.inbound = inbound
        self.facts = facts
        self.world = world
        self.text = inbound.text
        self.command: str | None = None
        self.used: Understood | None = None
        self.reference: str | None = None
        self._sentences: list[Sentence | Verbatim] = []
        self._choices: list[Choice] = []
        self._footer: list[Sentence | Verbatim] = []
        self._card: Card | None = None
        self._replies: list[Reply] = []
        self._effects: list[Effect] = []

    @property
    def language(self) -> Language:
        """The language of the replies."""
        return self.state.language

    @property
    def now(self) -> datetime:
        """The time of this turn."""
        return self.world.now

    @property
    def frame(self) -> Frame | None:
        """The flow on top: one begun aside, else the draft's while it is open to answers."""
        if self.state.side:
            return self.state.side
        return self.draft.frame if self.draft and self.draft.status != "cancelled" else None

    @property
    def flow(self) -> Flow | None:
        """The flow on top, as data."""
        return flow_named(self.frame.flow) if self.frame else None

    @property
    def form(self) -> tuple[Flow, Frame]:
        """The flow on top and what it holds. Raises NoFlowError where none is under way."""
        if self.frame is None:
            raise NoFlowError("dialogue.no_flow")
        return flow_named(self.frame.flow), self.frame

    @property
    def declaration(self) -> Draft:
        """The draft. Raises NoFlowError where there is none."""
        if self.draft is None:
            raise NoFlowError("dialogue.no_draft")
        return self.draft

    @property
    def context(self) -> AnswerContext:
        """What answer parsers may know."""
        return AnswerContext(language=self.language, now=self.now)

    def understanding(self) -> Understood | None:
        """What understanding says of the text; None when it is down. Raises NeedsFactError when
        unasked."""
        if not self.facts.asked:
            raise NeedsFactError(NeedUnderstanding(self.text[:UNDERSTANDING_LIMIT]))
        self.used = self.facts.understood
        return self.used

    def lock(self) -> None:
        """Put the draft out of reach of this turn: nothing of it is shown or changed."""
        self.locked, self.draft = self.draft, None

    def unlock(self) -> None:
        """Take the draft up again: its author has proved to be there."""
        self.draft, self.locked = self.locked, None

    @property
    def has_unfinished(self) -> bool:
        """Whether a declaration is unfinished, within this turn's reach or locked."""
        draft = self.draft or self.locked
        return draft is not None and draft.status == "open"

    def say(self, key: str, **args: Arg) -> None:
        """Add a sentence to the message being composed."""
        self._sentences.append(Sentence(key, args))

    def say_after(self, key: str, **args: Arg) -> None:
        """Add a sentence that stands after the choices."""
        self._footer.append(Sentence(key, args))

    def quote(self, text: str) -> None:
        """Add a text that already is in the citizen's language."""
        self._sentences.append(Verbatim(text))

    def offer(self, choice_id: str, label: Sentence | Verbatim | str) -> None:
        """Add a choice; a plain string is a catalogue key."""
        shown = Sentence(label) if isinstance(label, str) else label
        self._choices.append(Choice(choice_id, shown))

    def keep(self, card: Card) -> None:
        """Give the message being composed what the citizen keeps of it."""
        self._card = card

    @property
    def has_buttons(self) -> bool:
        """Whether the channel shows choices to tap, so that one more costs no letter."""
        return self.world.channel in WITH_BUTTONS

    @property
    def has_sentences(self) -> bool:
        """Whether the message being composed says something already."""
        return bool(self._sentences)

    @property
    def has_choices(self) -> bool:
        """Whether the message being composed offers a choice already."""
        return bool(self._choices)

    def wait_at(self, at: str, asked: str = "") -> None:
        """Where the conversation stands after this turn; another question starts its failures
        anew."""
        if (at, asked) != (self.state.at, self.state.asked):
            self.state.failures = 0
            self.state.last_problem = ""
        self.state.at, self.state.asked = at, asked

    def flush(self, kind: ReplyKind = "question") -> None:
        """End the message being composed; what follows is a message of its own."""
        if self._sentences or self._choices:
            parts = tuple(self._sentences), tuple(self._choices), tuple(self._footer)
            self._replies.append(Reply(*parts, kind=kind, card=self._card))
            self._sentences, self._choices, self._footer, self._card = [], [], [], None

    def effect(self, effect: Effect) -> None:
        """Add something to write besides the state."""
        self._effects.append(effect)

    def outcome(self) -> Outcome:
        """End the turn."""
        self.flush()
        self.state.offered = [c.id for reply in self._replies for c in reply.choices]
        self.state.last_at = self.now.isoformat()
        return Outcome(
            self.state,
            self.draft or self.locked,
            tuple(self._replies),
            tuple(self._effects),
            self.used,
            self.frame.flow if self.frame else None,
            self.state.at or None,
            self.reference,
        )
