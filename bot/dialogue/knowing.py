"""Answers a question about the law or a procedure, then puts the pending question again."""

from __future__ import annotations

from bot import knowledge
from bot.dialogue import asking
from bot.dialogue.turn import Turn

# Questions asked without naming a procedure are read against what is under way or was last talked
# of.
GENERAL = {
    "fees": "fee",
    "deadline": "deadline",
    "required_documents": "documents",
    "office_hours_or_location": "place",
}


def topic_of(turn: Turn, topic: str) -> str:
    """The topic a question is about: a general one is taken for the flow or topic being talked
    about."""
    aspect = GENERAL.get(topic)
    if aspect is None:
        return topic
    under_way = turn.draft.flow if turn.draft else ""
    head = f"procedure_{under_way.removeprefix('declare_')}" if under_way else turn.state.topic
    specific = f"{head}/{aspect}"
    return specific if head and knowledge.has(specific) else topic


def can_tell(turn: Turn, topic: str) -> bool:
    """Whether there is an answer to a question of this topic."""
    return knowledge.has(topic_of(turn, topic))


def tell(turn: Turn, topic: str) -> None:
    """Say the answer first, then the pending question again, or what can follow."""
    exact = topic_of(turn, topic)
    turn.state.topic = exact.partition("/")[0]
    turn.quote(knowledge.short(exact, turn.language))
    if asking.is_waiting(turn):
        if knowledge.is_long(exact, turn.language):
            turn.flush("answer")
        asking.ask_again(turn)
        return
    turn.wait_at("menu")
    for choice_id in knowledge.next_steps(exact):
        turn.offer(choice_id, f"next.{choice_id.partition(':')[2]}")
