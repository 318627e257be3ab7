"""Stop today, go on tomorrow from another phone: gives resume codes and takes up what they lead to.

A code only makes the conversation point to the declaration it stands for. What it holds stays out
of reach until its author's proof, which is given in a later turn: that one has the draft locked.
"""

from __future__ import annotations

import re
from datetime import timedelta

from bot.answers.resume_code import LENGTH, is_resume_code, looks_like_date
from bot.dialogue import asking, resuming
from bot.dialogue.effects import CountWrongCode, KeepResumeCode, PointToDraft
from bot.dialogue.messages import NeedDraft, Reference
from bot.dialogue.state import Draft
from bot.dialogue.turn import NeedsFactError, Turn
from bot.dialogue.words import has

NEARLY = range(LENGTH - 2, LENGTH + 2)  # digits after the word "code" that are a code mistyped
MOST_WORDS = 6  # around a code; a longer message tells something else
NOT_HERE = ("callback_phone",)  # places where a bare number is no code


def give(turn: Turn) -> None:
    """Answer the wish to go on elsewhere: the code, or how to use one."""
    draft = turn.draft
    if turn.locked:
        resuming.resume(turn)
    elif draft and draft.status != "cancelled" and draft.consent:
        show(turn)
        asking.ask_again(turn)
    elif asking.is_waiting(turn):
        asking.ask_again(turn)
    else:
        turn.say("resume.code_how")


def show(turn: Turn) -> None:
    """Say the code of the declaration at hand, the same one as long as it lives; a message of its
    own. From now on other phones can take the declaration over, so it is known who holds it."""
    draft, days = turn.declaration, turn.world.resume_days
    draft.resume_code = draft.resume_code or _draw(turn)
    draft.code_tries = 0
    if not draft.holder:
        resuming.hold(turn, draft)
    turn.flush("answer")
    until = turn.now + timedelta(days=days)
    turn.effect(KeepResumeCode(draft.id, draft.resume_code, until))
    turn.say("resume.code", code=Reference(draft.resume_code), days=days)
    turn.flush("code")


def _draw(turn: Turn) -> str:
    while True:
        code = turn.world.new_resume_code()
        if not looks_like_date(code):
            return code


def typed(turn: Turn) -> str | None:
    """The digits that were typed to take a declaration up: with a word that says so, or alone
    where no question waits."""
    digits, words = re.sub(r"\D", "", turn.text), re.findall(r"[^\W\d_]+", turn.text)
    if turn.inbound.choice or len(digits) not in NEARLY:
        return None
    if has(turn.text, "resume_code") and len(words) <= MOST_WORDS:
        return digits if len(digits) == LENGTH or not turn.state.asked else None
    is_free = not turn.state.asked and turn.state.at not in NOT_HERE
    is_code = len(digits) == LENGTH and not words and not looks_like_date(digits)
    return digits if is_free and is_code else None


def read(turn: Turn) -> bool:
    """Look up what a typed code stands for."""
    code = typed(turn)
    if code is None:
        return False
    enter(turn, code)
    return True


def keep(turn: Turn) -> None:
    """Remember a code while its sender's language is asked first."""
    if code := typed(turn):
        turn.state.aside["code"] = code


def enter_kept(turn: Turn) -> bool:
    """Use the code that was kept, if one was."""
    code = turn.state.aside.get("code")
    if code:
        enter(turn, str(code))
    return bool(code)


def enter(turn: Turn, code: str) -> None:
    """Point the conversation to the declaration a code stands for; an unfinished one that is here
    already is not left for it without asking."""
    turn.state.aside.pop("code", None)
    found = _found(turn, code)
    here = turn.draft or turn.locked
    if found is None:
        turn.say("resume.code_wrong")
        asking.ask_again(turn)
    elif here and here.id == found.id:
        resuming.resume(turn)
    elif turn.has_unfinished:
        _ask_which(turn, code)
    else:
        _point_to(turn, found)


def take(turn: Turn) -> None:
    """Leave the declaration that is here for the one of the code just typed."""
    code = turn.state.aside.pop("code", None)
    found = _found(turn, str(code)) if code else None
    if found:
        _point_to(turn, found)
    else:
        turn.say("choice.stale")
        asking.ask_again(turn)


def _found(turn: Turn, code: str) -> Draft | None:
    """What the code stands for; a wrong one counts, except where its own check digit tells."""
    if not is_resume_code(code):
        return None
    if code not in turn.facts.drafts:
        raise NeedsFactError(NeedDraft(code))
    found = turn.facts.drafts[code]
    if found is None:
        turn.effect(CountWrongCode())
    return found


def _ask_which(turn: Turn, code: str) -> None:
    turn.state.aside["code"] = code
    turn.state.side = None
    turn.wait_at("resume")
    turn.say("resume.two")
    turn.offer("do:resume", "choice.keep_here")
    turn.offer("do:take", "choice.take")


def _point_to(turn: Turn, found: Draft) -> None:
    turn.draft = turn.locked = None
    turn.effect(PointToDraft(found.id))
    resuming.expect(turn, found)
