"""The dialogue core: one message in, what it changes and what is said out. Pure; run it again with
the facts it asked for.

A message is read cheapest first: opt-out, a choice or number that was offered, command words, a
correction, the answer to the pending question, and only then understanding.
"""

from __future__ import annotations

from collections.abc import Callable

from bot import answers
from bot.answers.result import Accepted
from bot.dialogue import (
    answering,
    asking,
    commands,
    editing,
    going,
    opening,
    people,
    resuming,
    status,
)
from bot.dialogue.cards import mask_cards
from bot.dialogue.messages import Facts, Inbound, Need, NeedUnderstanding, World
from bot.dialogue.state import Draft, State
from bot.dialogue.turn import NeedsFactError, Outcome, Turn
from bot.dialogue.words import command, greets, has
from bot.flows import flow_named
from bot.language import detect, normalise

__all__ = ["NeedUnderstanding", "Outcome", "advance"]

SWITCH_CONFIDENCE = 0.6  # from here a message's language is taken for the citizen's
# At these steps a yes or a no is a choice: which one.
YES_NO = {
    "consent": ("do:consent_yes", "do:consent_no"),
    "review": ("do:submit", "do:edit_ask"),
    "cancel": ("do:cancel_yes", "do:cancel_no"),
    "forget": ("do:forget_yes", "do:cancel_no"),
    "resume": ("do:resume", "do:other"),
    "extras": ("do:complete", "do:menu"),
}


def advance(
    state: State, draft: Draft | None, inbound: Inbound, facts: Facts, world: World
) -> Outcome | Need:
    """Decide one message. Returns what is needed from outside when it cannot be decided yet."""
    turn = Turn(state, draft, inbound, facts, world)
    try:
        _listen(turn)
    except NeedsFactError as missing:
        return missing.need
    return turn.outcome()


def _listen(turn: Turn) -> None:
    _normalise(turn)
    is_known = _choose_language(turn)
    _greet_once(turn)
    if not is_known:
        asking.ask_language(turn)
    elif not any(read(turn) for read in READERS):
        opening.read(turn)


def _normalise(turn: Turn) -> None:
    text, had_card = mask_cards(normalise(turn.inbound.text))
    turn.text, turn.command = text, command(text)
    if had_card:
        turn.say("card.warning")


def _choose_language(turn: Turn) -> bool:
    """The first message decides; later ones only while nothing was chosen and nothing is asked.

    False when a first message says nothing about its language: then it is asked, in both scripts.
    """
    state = turn.state
    if state.language_chosen or not turn.text or asking.question_waiting(turn):
        return True
    found = detect(turn.text)
    if found.code == "und":
        return state.greeted or turn.command is not None
    if not state.greeted or found.confidence >= SWITCH_CONFIDENCE:
        state.language = found.code
    return True


def _greet_once(turn: Turn) -> None:
    if not turn.state.greeted:
        turn.state.greeted = True
        turn.say("hello.trial" if turn.world.trial else "hello")


def _opt_words(turn: Turn) -> bool:
    if turn.command in ("opt_out", "opt_in"):
        commands.run(turn, turn.command)
        return True
    return False


def _media(turn: Turn) -> bool:
    if turn.inbound.media is None or turn.text:
        return False
    turn.say("media.voice" if turn.inbound.media == "audio" else "media.other")
    asking.ask_again(turn)
    return True


def _empty(turn: Turn) -> bool:
    if turn.text or turn.inbound.choice:
        return False
    turn.say("problem.empty")
    asking.ask_again(turn)
    return True


def _back_after_long(turn: Turn) -> bool:
    if not resuming.is_away(turn):
        return False
    resuming.welcome_back(turn)
    return True


def _choice(turn: Turn) -> bool:
    if turn.inbound.choice:
        return commands.choose(turn, turn.inbound.choice)
    number = turn.text.rstrip(".)")
    if not number.isdecimal() or not 1 <= int(number[:3]) <= len(turn.state.offered):
        return False
    return commands.choose(turn, turn.state.offered[int(number) - 1])


def _commands(turn: Turn) -> bool:
    if turn.command is None:
        return False
    commands.run(turn, turn.command)
    return True


def _greeting(turn: Turn) -> bool:
    """A bare greeting where no name could be meant: an open draft is offered again, else the
    menu."""
    if asking.question_waiting(turn) or not greets(turn.text):
        return False
    turn.say("greet.told")
    if asking.is_waiting(turn):
        asking.ask_again(turn)
    else:
        commands.run(turn, "menu")
    return True


def _yes_no(turn: Turn) -> bool:
    pair = YES_NO.get(turn.state.at)
    if not pair:
        return False
    parsed = answers.parse("yes_no", turn.text, turn.context)
    if not isinstance(parsed, Accepted):
        return False
    return commands.choose(turn, pair[0] if parsed.value else pair[1])


def _pending(turn: Turn) -> bool:
    question = asking.question_waiting(turn)
    return answering.read_pending(turn, question) if question else False


def _reference(turn: Turn) -> bool:
    """A reference typed where no question waits is a status request."""
    if asking.question_waiting(turn) or turn.state.at in YES_NO:
        return False
    parsed = answers.parse("reference", turn.text, turn.context)
    if not isinstance(parsed, Accepted):
        return False
    status.begin(turn)
    answering.take(turn, flow_named("check_status").by_id["reference"], parsed.value)
    return True


def _signs(turn: Turn) -> bool:
    """Words that change what may be declared: a child who died, twins."""
    draft = turn.draft
    if not draft or draft.status == "cancelled":
        return False
    if has(turn.text, "died", "died") and draft.status == "open":
        people.child_died(turn)
        going.proceed(turn)
        return True
    if has(turn.text, "twins") and turn.state.at in ("extras", ""):
        draft.twins = True
        commands.run(turn, "twin")
        return True
    if has(turn.text, "twins") and not draft.twins and draft.consent:
        draft.twins = True
        draft.frame.values.setdefault("multiple_birth_rank", "first")
        turn.say("twin.noted")
        asking.ask_again(turn)
        return True
    return False


READERS: tuple[Callable[[Turn], bool], ...] = (
    _opt_words,
    _media,
    _empty,
    _back_after_long,
    _choice,
    resuming.read_proof,
    _commands,
    _yes_no,
    _greeting,
    lambda turn: turn.state.at == "callback_phone" and people.read_phone(turn),
    editing.in_words,
    editing.respell,
    _reference,
    _pending,
    _signs,
)
