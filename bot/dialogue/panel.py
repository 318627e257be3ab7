"""What a screen may show around the conversation: where it stands, how far it is, what can be done.

Computed from the state whenever a page asks; nothing of it is stored. It names steps and commands,
never what was answered.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from bot.answers.result import Language
from bot.dialogue import form
from bot.dialogue.state import Draft, Frame, State
from bot.flows import Flow, Question, flow_named

# Kinds of answer that a screen helps with as it does with another one.
SHOWN_AS = {"date_or_year": "partial_date"}


@dataclass(frozen=True, slots=True)
class Panel:
    """`answer` is the kind of answer that is waited for; `done` of `total` counts the questions of
    the part under way, 0 of 0 where none is; `can` lists the commands that make sense now;
    `reference` is that of the declaration at hand once it is sent; `papers`: some can be attached.
    """

    language: Language
    flow: str | None
    at: str
    question: str | None
    answer: str | None
    done: int
    total: int
    can: tuple[str, ...]
    open: bool
    reference: str | None
    papers: bool

    def dump(self) -> dict[str, Any]:
        """The panel as JSON."""
        return asdict(self)


def panel_of(state: State, draft: Draft | None, has_phone: bool = False) -> Panel:
    """The panel of a conversation. A draft that waits for a proof is not told of."""
    within_reach = state.within_reach(draft)
    live = within_reach if within_reach and within_reach.status != "cancelled" else None
    frame = state.side or (live.frame if live else None)
    flow = flow_named(frame.flow) if frame else None
    question = flow.by_id.get(state.asked) if flow and state.asked else None
    done, total = _progress(state, live, has_phone)
    return Panel(
        language=state.language,
        flow=frame.flow if frame else None,
        at=state.at,
        question=question.id if question else None,
        answer=SHOWN_AS.get(question.answer, question.answer) if question else None,
        done=done,
        total=total,
        can=tuple(_commands(state, live, question)),
        open=bool(live and live.status == "open"),
        reference=live.reference or None if live else None,
        papers=bool(live and live.consent and live.flow.startswith("declare_")),
    )


def _progress(state: State, draft: Draft | None, has_phone: bool) -> tuple[int, int]:
    if draft is None or state.side or not draft.consent or draft.status != "open":
        return 0, 0
    flow = flow_named(draft.flow)
    counted = [q for q in flow.questions if _counts(flow, q, draft.frame, has_phone)]
    return sum(form.answered(q, draft.frame) for q in counted), len(counted)


def _counts(flow: Flow, question: Question, frame: Frame, has_phone: bool) -> bool:
    """Core questions of this case; a part counts with its whole, and one that another answer may
    spare counts once that answer is there: a goal may not move away, nor jump to and fro."""
    if question.ring != "core" or not question.asked or question.part_of:
        return False
    asked_for = _steps(flow.id)
    if any(step in asked_for and step not in frame.values for step in question.unless):
        return False
    # Nothing that follows from an answer decides whether a core question is asked.
    return form.relevant(question, frame.values, has_phone)


@cache
def _steps(flow_id: str) -> frozenset[str]:
    return frozenset(step for each in flow_named(flow_id).questions for step in each.fills)


def _commands(state: State, draft: Draft | None, question: Question | None) -> list[str]:
    """In the order in which they may be shown."""
    is_open = bool(draft and draft.status == "open" and draft.consent)
    can = []
    if is_open and draft and draft.frame.history:
        can.append("back")
    if question or state.at == "consent":
        can.append("why")
    if question and not state.side:
        can += ["skip", "dont_know"]
    if is_open and draft and draft.frame.history and state.at != "review":
        can.append("review")
    if is_open:
        can += ["pause", "cancel"]
    return can
