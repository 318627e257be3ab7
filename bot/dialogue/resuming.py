"""Comes back to a declaration, carefully: the phone may be shared, and it may be another phone.

A day after the last message the phone alone proves nothing; nor does a resume code alone. The draft
is then locked, out of reach of the whole turn, until something only its author knows is typed.

Several conversations may point to a draft; one holds it. Another hears that it went on elsewhere,
and takes it back with the same proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot import answers
from bot.answers.name import looks_like_question
from bot.answers.result import Accepted, NotAnAnswer, Parsed
from bot.dialogue import asking, events, going
from bot.dialogue.effects import EndResumeCode, HoldDraft, PointToDraft
from bot.dialogue.form import effective
from bot.dialogue.messages import Channel, Reference
from bot.dialogue.state import Draft
from bot.dialogue.turn import Turn
from bot.flows import Flow, flow_named
from bot.language import fold

SAME_PERSON = timedelta(hours=24)  # how long the phone alone is trusted after its last message
SAME_SCREEN = timedelta(minutes=30)  # and a page, which may stand open on a shared computer
BEFORE_THE_SCREEN = timedelta(seconds=30)  # a page notes its use half a minute late at most
TRIES = 3
CODE_TRIES = 6  # wrong proofs from other phones, together, that end a resume code
NOTHING = "nothing"  # the proof of a draft that holds nothing personal, where it is held elsewhere


def guard(turn: Turn) -> str | None:
    """Lock the draft while a proof is due. What the citizen shall hear first: that it waits, after
    a long time, or that it went on elsewhere."""
    draft, aside = turn.draft, turn.state.aside
    if draft is None or draft.status == "cancelled":
        return None
    came_back, is_mine = is_away(turn), turn.state.holds(draft)
    if came_back:
        aside["proof"] = True
        aside.pop("proof_tries", None)
    news = _news(turn, draft, came_back)
    if is_mine and not aside.get("proof"):
        return None
    kind = proof_of(draft)
    if is_mine and kind is None:
        aside.pop("proof")
    else:
        aside["proof"] = kind or NOTHING
        turn.lock()
    if news or (came_back and turn.locked):
        turn.state.side = None
        turn.wait_at("")
    return news


def _news(turn: Turn, draft: Draft, came_back: bool) -> str | None:
    aside = turn.state.aside
    if not turn.state.holds(draft) and aside.get("holder") != draft.holder:
        aside["holder"] = draft.holder
        return f"resume.{'elsewhere' if draft.status == 'open' else 'sent_elsewhere'}"
    return "resume.ask" if came_back and draft.status == "open" else None


def expect(turn: Turn, found: Draft) -> None:
    """Ask for the proof of a draft that the conversation points to from the next turn on."""
    aside = turn.state.aside
    aside["proof"], aside["holder"] = proof_of(found) or NOTHING, found.holder
    aside.pop("proof_tries", None)
    turn.state.side = None
    if aside["proof"] == NOTHING:
        asking.ask_resume(turn, "resume.found")
    else:
        turn.say("resume.found")
        asking.ask_proof(turn)


def hold(turn: Turn, draft: Draft) -> None:
    """Make this conversation the one that fills the draft, among those that point to it."""
    draft.holder = turn.state.holder = turn.world.new_id()


def is_away(turn: Turn) -> bool:
    """Whether so much time has passed that the phone alone no longer proves who writes."""
    if not turn.state.last_at:
        return False
    world = turn.world
    limit = trusted(world.channel, turn.draft or turn.locked, world.screen_minutes)
    return turn.now - datetime.fromisoformat(turn.state.last_at) > limit


def trusted(channel: Channel, draft: Draft | None, screen_minutes: int) -> timedelta:
    """How long after its last message a phone or a page stands for who wrote it."""
    if channel == "web":
        return min(SAME_SCREEN, timedelta(minutes=screen_minutes)) - BEFORE_THE_SCREEN
    is_short = draft is not None and events.is_sensitive(draft)
    return SAME_SCREEN if is_short else SAME_PERSON


def resume(turn: Turn) -> None:
    """Go on where the draft stands, after its proof when one is due."""
    aside = turn.state.aside
    aside.pop("code", None)
    if turn.locked and int(aside.get("proof_tries", 0)) >= TRIES:
        _refuse(turn)
    elif turn.locked and aside["proof"] == NOTHING:
        _take_up(turn)
    elif turn.locked:
        asking.ask_proof(turn)
    elif turn.draft and turn.draft.status == "open":
        turn.state.side = None
        _go_on(turn)
    else:
        asking.after_all(turn)


def proof_of(draft: Draft) -> str | None:
    """What only the author of a draft knows; None while it holds nothing personal."""
    values = draft.frame.values
    if events.identity_given(values):
        return "identity"
    if events.date_given(draft):
        return "date"
    return "name" if _names(flow_named(draft.flow), values) else None


def _names(flow: Flow, values: Mapping[str, Any]) -> set[str]:
    steps = (f"{who}_given_name_{script}" for who in flow.people for script in ("ar", "latin"))
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
        _take_up(turn)
        return True
    aside["proof_tries"] = int(aside.get("proof_tries", 0)) + 1
    is_elsewhere = not turn.state.holds(turn.locked)
    if is_elsewhere:
        _count_for_code(turn, turn.locked)
    if aside["proof_tries"] < TRIES:
        turn.say("resume.wrong")
        return True
    _refuse(turn)
    if is_elsewhere:
        # Who cannot prove it is left with nothing of it; another try needs the code again.
        turn.effect(PointToDraft(None))
        for due in ("proof", "proof_tries", "holder"):
            aside.pop(due, None)
    return True


def _count_for_code(turn: Turn, draft: Draft) -> None:
    """A stranger with a stolen code may not guess for ever, from however many phones."""
    draft.code_tries += 1
    if draft.code_tries >= CODE_TRIES and draft.resume_code:
        draft.resume_code = ""
        turn.effect(EndResumeCode(draft.id))


def _take_up(turn: Turn) -> None:
    """The author is there: go on, and hold the draft from now on if it was held elsewhere."""
    for due in ("proof", "proof_tries"):
        turn.state.aside.pop(due, None)
    turn.unlock()
    draft = turn.declaration
    if turn.state.holds(draft):
        _go_on(turn)
        return
    hold(turn, draft)
    draft.code_tries = 0
    turn.effect(HoldDraft(draft.id))
    if draft.status == "submitted":
        turn.wait_at("")
        turn.say("resume.sent", reference=Reference(draft.reference))
        asking.ask_extras(turn)
    else:
        _go_on(turn)


def _is_attempt(turn: Turn, draft: Draft) -> bool:
    """Whether a text tries to be the proof: a greeting or a question costs no try."""
    match proof_of(draft):
        case "identity":
            return any(c.isdecimal() for c in turn.text)
        case "date":
            return not isinstance(_day_typed(turn, draft), NotAnAnswer)
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
            number = str(events.identity_given(values))
            return len(typed) >= 4 and number.endswith(typed)
        case "date":
            parsed = _day_typed(turn, draft)
            return isinstance(parsed, Accepted) and parsed.value == events.date_given(draft)
        case _:
            flow = flow_named(draft.flow)
            return fold(turn.text) in _names(flow, effective(flow, values))


def _day_typed(turn: Turn, draft: Draft) -> Parsed:
    """What was typed as the day that was given, or as the year where only that was."""
    is_full = len(str(events.date_given(draft))) == events.FULL_DATE
    return answers.parse("date" if is_full else "partial_date", turn.text, turn.context)


def _go_on(turn: Turn) -> None:
    turn.say("resume.thanks")
    turn.wait_at("")
    going.proceed(turn)
