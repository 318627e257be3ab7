"""Comes back to an unfinished declaration, carefully: the phone may be shared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot import answers
from bot.answers.result import Accepted
from bot.dialogue import asking, going
from bot.dialogue.turn import Turn

SAME_PERSON = timedelta(hours=24)  # how long the phone alone is trusted after its last message
TRIES = 3


def is_away(turn: Turn) -> bool:
    """Whether so much time has passed that the phone alone no longer proves who writes."""
    if not turn.state.last_at or not turn.draft or turn.draft.status != "open":
        return False
    if turn.state.at in ("resume", "menu"):
        return False
    return turn.now - datetime.fromisoformat(turn.state.last_at) > SAME_PERSON


def welcome_back(turn: Turn) -> None:
    """Offer the unfinished draft; taking it up asks for something only its author knows."""
    turn.state.aside["proof"] = True
    asking.ask_resume(turn)


def resume(turn: Turn) -> None:
    """Go on where the draft stands, after its proof when one is due."""
    if not turn.draft or turn.draft.status != "open":
        asking.menu(turn)
        return
    proof = _proof(turn.draft.frame.values) if turn.state.aside.get("proof") else None
    if proof:
        turn.wait_at("resume", "proof")
        turn.say(f"resume.proof_{proof}")
    else:
        _go_on(turn)


def _proof(values: Mapping[str, Any]) -> str | None:
    identity = values.get("declarant_cnie")
    if isinstance(identity, dict) and identity.get("number"):
        return "identity"
    return "date" if values.get("birth_date") else None


def read_proof(turn: Turn) -> bool:
    """Compare what was typed with what only the author knows; three tries, then only other
    things."""
    draft = turn.draft
    if not draft or turn.state.asked != "proof":
        return False
    if _fits(turn, draft.frame.values):
        turn.state.aside.pop("proof", None)
        turn.state.aside.pop("proof_tries", None)
        _go_on(turn)
        return True
    tries = int(turn.state.aside.get("proof_tries", 0)) + 1
    turn.state.aside["proof_tries"] = tries
    turn.say("resume.wrong" if tries < TRIES else "resume.refused")
    if tries >= TRIES:
        turn.wait_at("menu")
        turn.offer("do:agent", "choice.agent")
        turn.offer("do:menu", "choice.menu")
    return True


def _fits(turn: Turn, values: Mapping[str, Any]) -> bool:
    if _proof(values) == "identity":
        typed = "".join(c for c in turn.text.upper() if c.isalnum())
        return len(typed) >= 4 and str(values["declarant_cnie"]["number"]).endswith(typed)
    parsed = answers.parse("date", turn.text, turn.context)
    return isinstance(parsed, Accepted) and parsed.value == values.get("birth_date")


def _go_on(turn: Turn) -> None:
    turn.say("resume.thanks")
    turn.wait_at("")
    going.proceed(turn)
