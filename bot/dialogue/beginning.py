"""Opens a declaration: what the first sentence said is filled, what must be heard first is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.dialogue import asking, going, people, prefill
from bot.dialogue.form import effective
from bot.dialogue.messages import Entity
from bot.dialogue.state import Draft, Frame
from bot.dialogue.turn import Turn
from bot.dialogue.words import has
from bot.flows import flow_named


def begin(turn: Turn, flow_id: str, entities: Sequence[Entity] = (), text: str = "") -> None:
    """Open a draft, fill what the sentence already said, and go on to the notice; an unfinished
    one is never lost for it."""
    flow = flow_named(flow_id)
    if has(text, "died", "born_dead"):
        _born_dead(turn)
        return
    if turn.has_unfinished:
        asking.ask_instead(turn, flow_id)
        return
    before, turn.locked = turn.draft, None
    for due in ("proof", "proof_tries"):
        turn.state.aside.pop(due, None)
    turn.draft = Draft(turn.world.new_id(), flow_id, Frame(flow_id, flow.version))
    turn.state.side = None
    turn.state.topic = flow.topic
    _take_over(turn, before)
    prefill.fill(turn, entities, text)
    people.mourn(turn, text)
    going.proceed(turn)


def _take_over(turn: Turn, before: Draft | None) -> None:
    """The birth of a child who died was declared just before: nothing of it is typed again."""
    flow, draft = flow_named(turn.declaration.flow), turn.declaration
    if before is None or not flow.taken_over or people.BOTH not in before.said:
        return
    known = effective(flow_named(before.flow), before.frame.values)
    taken = {step: known[old] for step, old in flow.taken_over.items() if old in known}
    draft.frame.values.update(taken)
    draft.frame.history = [q.id for q in flow.questions if any(s in taken for s in q.fills)]
    draft.said.append(people.CONDOLENCES)


def _born_dead(turn: Turn) -> None:
    turn.wait_at("menu")
    turn.say("born_dead.told")
    turn.offer("do:agent", "choice.agent")
    turn.offer("do:menu", "choice.menu")


def starter(flow_id: str) -> Callable[[Turn], None]:
    """What choosing a journey does."""
    return lambda turn: begin(turn, flow_id)


def anew(turn: Turn) -> None:
    """Begin the declaration that was wanted although another is unfinished: that one is let go."""
    turn.draft = turn.locked = None
    turn.state.aside.pop("proof", None)
    begin(turn, str(turn.state.aside.pop("wanted", "declare_birth")))


def say_back_all(turn: Turn) -> None:
    """Say back everything the opening sentence filled, once the notice was agreed to."""
    flow, frame = turn.flow, turn.frame
    if flow and frame and frame.history:
        prefill.say_back(turn, [flow.by_id[q] for q in frame.history if not flow.by_id[q].part_of])
