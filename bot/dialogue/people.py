"""Brings a person in: until agents answer themselves, a call-back ticket with its reference."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot import answers
from bot.answers.result import Accepted, Refused
from bot.dialogue import asking, menus, rules
from bot.dialogue.effects import OpenTicket
from bot.dialogue.losses import another_died, child_lost
from bot.dialogue.messages import Reference
from bot.dialogue.turn import Turn
from bot.dialogue.words import has
from bot.flows import flow_named

DEATH = "declare_death"
BOTH, CONDOLENCES = "child_died", "death.condolences"  # as noted among what was said
TICKET_KIND = 6
SAME_TICKET = timedelta(days=1)  # asked again within a day, the same call-back stands


def call_back(turn: Turn, reason: str = "asked") -> None:
    """Open a call-back, or repeat the reference of the one asked for within the last day."""
    if _standing(turn):
        turn.say("ticket.standing", reference=Reference(turn.state.ticket))
        _go_on(turn)
    elif turn.world.msisdn is None and not turn.state.aside.get("phone"):
        if turn.state.at != "callback_phone":
            turn.state.aside["before_phone"] = [turn.state.at, turn.state.asked]
        menus.ask_callback_phone(turn)
    else:
        _open(turn, reason)


def _standing(turn: Turn) -> bool:
    if not turn.state.ticket:
        return False
    return turn.now - datetime.fromisoformat(turn.state.ticket_at) < SAME_TICKET


def _open(turn: Turn, reason: str) -> None:
    reference = turn.world.new_reference(TICKET_KIND)
    phone = turn.world.msisdn or str(turn.state.aside.pop("phone"))
    turn.effect(OpenTicket(reference, reason, turn.language, phone))
    turn.state.ticket, turn.state.ticket_at = reference, turn.now.isoformat()
    turn.reference = reference
    turn.say("ticket.opened", reference=Reference(reference))
    _go_on(turn)


def read_phone(turn: Turn) -> bool:
    """Take the number to call back on, where the channel has none of its own."""
    if turn.state.at != "callback_phone":
        return False
    parsed = answers.parse("phone", turn.text, turn.context)
    if isinstance(parsed, Refused):
        turn.say(parsed.problem, **parsed.details)
        asking.ask_again(turn)
        return True
    if not isinstance(parsed, Accepted):
        return False
    turn.state.aside["phone"] = parsed.value
    turn.wait_at(*turn.state.aside.pop("before_phone", ["", ""]))
    _open(turn, "asked")
    return True


def _go_on(turn: Turn) -> None:
    """The citizen loses nothing by asking for a person: what waited goes on waiting."""
    if turn.draft and turn.draft.status == "open" and turn.state.at not in ("proposal", "late"):
        asking.ask_again(turn)
    elif asking.question_waiting(turn):
        turn.offer("do:again", "choice.continue")
        turn.offer("do:pause", "choice.pause")
    else:
        turn.wait_at("after_ticket")
        turn.offer("do:menu", "choice.menu")


def child_died(turn: Turn) -> None:
    """A child who died after birth: condolences once, and that both events are declared."""
    draft = turn.draft
    if draft and BOTH not in draft.said:
        draft.said.append(BOTH)
        turn.say("child_died.told")


def condole(turn: Turn) -> None:
    """Condolences for somebody else than the child, once in a declaration."""
    said = turn.draft.said if turn.draft else []
    if CONDOLENCES not in said:
        said.append(CONDOLENCES)
        turn.say(CONDOLENCES)


def mourn(turn: Turn, text: str) -> None:
    """What a first sentence that tells of a death asks for: condolences once, the other event of
    a child who was just born, and what an accident asks for."""
    flow = flow_named(turn.declaration.flow)
    if flow.id == DEATH:
        condole(turn)
        rules.note_unnatural(turn)
        if has(text, "died", "newborn") or has(text, "gave_birth"):
            rules.note(turn, "note.birth_too")
    elif flow.subject == "child" and child_lost(text):
        child_died(turn)
    elif another_died(text):
        condole(turn)


def tells_another_death(turn: Turn) -> bool:
    """Whether the message tells of a death that is not the event being declared."""
    return another_died(turn.text) and not (turn.draft and turn.draft.flow == DEATH)
