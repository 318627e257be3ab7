"""Answers a question about the law or a procedure, then puts the pending question again."""

from __future__ import annotations

from bot import knowledge
from bot.dialogue import asking, rules
from bot.dialogue.turn import Turn
from bot.flows import flow_named

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
    if turn.state.at == "consent" and turn.flow and turn.flow.beside:
        _offer_to_begin(turn)
        return
    if asking.is_waiting(turn):
        if knowledge.is_long(exact, turn.language):
            turn.flush("answer")
        asking.ask_again(turn)
        return
    turn.wait_at("menu")
    for choice_id in knowledge.next_steps(exact):
        turn.offer(choice_id, f"next.{choice_id.partition(':')[2]}")


def tell_papers(turn: Turn) -> None:
    """The papers of a birth, and of what else is being declared."""
    tell(turn, topic_of(turn, "required_documents") if turn.draft else "procedure_birth/documents")


def tell_late(turn: Turn) -> None:
    """What can be done once the delay is over."""
    late = flow_named(turn.draft.flow).late if turn.draft else ""
    tell(turn, late or "procedure_late_birth/general")


def tell_copies(turn: Turn) -> None:
    """What is known of copies."""
    tell(turn, "procedure_copy/general")


def _offer_to_begin(turn: Turn) -> None:
    """After an answer before the notice was agreed to: the last day, and whether to go on."""
    limit = rules.event_last_day(turn)
    if limit and not limit.passed(turn.now.date()):
        turn.say("status.last_day", day=limit.day)
    turn.offer("do:consent_yes", "choice.continue")
    turn.offer("do:agent", "choice.agent")
