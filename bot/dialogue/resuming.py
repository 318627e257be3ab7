"""Comes back to a declaration, carefully: the phone may be shared.

A day after the last message the phone alone proves nothing. The draft is then locked, out of reach
of the whole turn, until something only its author knows is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot import answers
from bot.answers.name import looks_like_question
from bot.answers.result import Accepted, NotAnAnswer
from bot.dialogue import asking, going
from bot.dialogue.form import effective
from bot.dialogue.state import Draft
from bot.dialogue.turn import Turn
from bot.flows import flow_named
from bot.language import fold

SAME_PERSON = timedelta(hours=24)  # how long the phone alone is trusted after its last message
SAME_SCREEN = timedelta(minutes=30)  # and a page, which may stand open on a shared computer
TRIES = 3
NAMED = ("child", "father", "mother")


def guard(turn: Turn) -> bool:
    """Lock the draft while a proof is due. True when the citizen comes back after a long time."""
    draft, aside = turn.draft, turn.state.aside
    if draft is None or draft.status == "cancelled":
        return False
    came_back = is_away(turn)
    if came_back:
        aside["proof"] = True
        aside.pop("proof_tries", None)
    if not aside.get("proof"):
        return False
    kind = proof_of(draft)
    if kind is None:
        aside.pop("proof")
        return came_back and draft.status == "open"
    aside["proof"] = kind
    turn.lock()
    if came_back:
        turn.state.side = None
        turn.wait_at("")
    return came_back and draft.status == "open"


def is_away(turn: Turn) -> bool:
    """Whether so much time has passed that the phone alone no longer proves who writes."""
    if not turn.state.last_at:
        return False
    limit = SAME_SCREEN if turn.world.channel == "web" else SAME_PERSON
    return turn.now - datetime.fromisoformat(turn.state.last_at) > limit


def resume(turn: Turn) -> None:
    """Go on where the draft stands, after its proof when one is due."""
    if turn.locked and int(turn.state.aside.get("proof_tries", 0)) >= TRIES:
        _refuse(turn)
    elif turn.locked:
        asking.ask_proof(turn)
    elif turn.draft and turn.draft.status == "open":
        turn.state.side = None
        _go_on(turn)
    else:
        asking.menu(turn)


def proof_of(draft: Draft) -> str | None:
    """What only the author of a draft knows; None while it holds nothing personal."""
    values = draft.frame.values
    identity = values.get("declarant_cnie")
    if isinstance(identity, dict) and identity.get("number"):
        return "identity"
    if values.get("birth_date"):
        return "date"
    return "name" if _names(values) else None


def _names(values: Mapping[str, Any]) -> set[str]:
    steps = (f"{who}_given_name_{script}" for who in NAMED for script in ("ar", "latin"))
    return {fold(str(values[step])) for step in steps if values.get(step)}


def read_proof(turn: Turn) -> bool:
    """Compare what was typed with what only the author knows; three tries, then only other
    things."""
    if (
        turn.locked is None
        or turn.state.asked != asking.PROOF
        or not _is_attempt(turn, turn.locked)
    ):
        return False
    aside = turn.state.aside
    if _fits(turn, turn.locked):
        aside.pop("proof", None)
        aside.pop("proof_tries", None)
        turn.unlock()
        _go_on(turn)
        return True
    aside["proof_tries"] = int(aside.get("proof_tries", 0)) + 1
    if aside["proof_tries"] >= TRIES:
        _refuse(turn)
    else:
        turn.say("resume.wrong")
    return True


def _is_attempt(turn: Turn, draft: Draft) -> bool:
    """Whether a text tries to be the proof: a greeting or a question costs no try."""
    match proof_of(draft):
        case "identity":
            return any(c.isdecimal() for c in turn.text)
        case "date":
            return not isinstance(answers.parse("date", turn.text, turn.context), NotAnAnswer)
        case _:
            return bool(turn.text) and not looks_like_question(turn.text)


def _refuse(turn: Turn) -> None:
    turn.wait_at("menu")
    turn.say("resume.refused")
    turn.offer("do:agent", "choice.agent")
    turn.offer("do:menu", "choice.menu")


def _fits(turn: Turn, draft: Draft) -> bool:
    values = draft.frame.values
    match proof_of(draft):
        case "identity":
            typed = "".join(c for c in turn.text.upper() if c.isalnum())
            number = str(values["declarant_cnie"]["number"])  # type: ignore[index]
            return len(typed) >= 4 and number.endswith(typed)
        case "date":
            parsed = answers.parse("date", turn.text, turn.context)
            return isinstance(parsed, Accepted) and parsed.value == values.get("birth_date")
        case _:
            return fold(turn.text) in _names(effective(flow_named(draft.flow), values))


def _go_on(turn: Turn) -> None:
    turn.say("resume.thanks")
    turn.wait_at("")
    going.proceed(turn)
