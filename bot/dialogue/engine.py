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
    arriving,
    asking,
    choosing,
    codes,
    commands,
    editing,
    menus,
    opening,
    people,
    prefill,
    resuming,
    rules,
    status,
)
from bot.dialogue.cards import mask_cards
from bot.dialogue.losses import another_died, child_lost
from bot.dialogue.messages import Facts, Inbound, Need, NeedUnderstanding, World
from bot.dialogue.reading import NAMES, says_zero
from bot.dialogue.state import Draft, State
from bot.dialogue.turn import NeedsFactError, Outcome, Turn
from bot.dialogue.words import command, greets, has
from bot.flows import flow_named
from bot.language import detect, normalise

__all__ = ["NeedUnderstanding", "Outcome", "advance"]

SWITCH_CONFIDENCE = 0.6  # from here a message's language is taken for the citizen's
OPT_WORDS = ("opt_out", "opt_in")
AT_ANY_MOMENT = (*OPT_WORDS, "forget")  # done before a citizen hears of the draft that waits
# At these steps a yes or a no is a choice: which one.
YES_NO = {
    "consent": ("do:consent_yes", "do:consent_no"),
    "review": ("do:submit", "do:edit_ask"),
    "cancel": ("do:cancel_yes", "do:cancel_no"),
    "forget": ("do:forget_yes", "do:cancel_no"),
    "resume": ("do:resume", "do:other"),
    "paused": ("do:resume", "do:other"),
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
    arriving.bring_up(turn)
    news = resuming.guard(turn)
    if not is_known:
        codes.keep(turn)
        menus.ask_language(turn)
    elif news and turn.command not in AT_ANY_MOMENT and codes.typed(turn) is None:
        asking.ask_resume(turn, news)
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
    if turn.inbound.language and not state.greeted:
        state.language = turn.inbound.language
    if state.language_chosen or not turn.text or asking.is_waiting(turn):
        return True
    found = detect(turn.text)
    if found.code == "und":
        return state.greeted or turn.command is not None or turn.inbound.language is not None
    says_enough = found.script == "arab" or len(turn.text.split()) > 1  # "ok", "oui": everybody's
    first = not state.greeted and (found.script == "arab" or not turn.inbound.language)
    if first or (says_enough and found.confidence >= SWITCH_CONFIDENCE):
        state.language = found.code
    return True


def _greet_once(turn: Turn) -> None:
    if not turn.state.greeted:
        turn.state.greeted = True
        turn.say("hello.trial" if turn.world.trial else "hello")


def _opt_words(turn: Turn) -> bool:
    if turn.command in OPT_WORDS:
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


def _choice(turn: Turn) -> bool:
    if turn.inbound.choice:
        return choosing.choose(turn, turn.inbound.choice)
    number = turn.text.rstrip(".)")
    if not number.isdecimal() or not 1 <= int(number[:3]) <= len(turn.state.offered):
        return False
    return choosing.choose(turn, turn.state.offered[int(number) - 1])


def _commands(turn: Turn) -> bool:
    question = asking.question_waiting(turn)
    if turn.command is None or (question and says_zero(question, turn.text)):
        return False  # "personne" calls an agent, except where it says that there is no father
    commands.run(turn, turn.command)
    return True


def _greeting(turn: Turn) -> bool:
    """A bare greeting where no name could be meant: what waits is put again, or an open draft
    offered, else the menu."""
    question = asking.question_waiting(turn)
    if (question and question.answer in (*NAMES, "text")) or not greets(turn.text):
        return False
    turn.say("greet.told")
    if asking.is_waiting(turn):
        asking.ask_again(turn)
    else:
        commands.run(turn, "menu")
    return True


def _yes_no(turn: Turn) -> bool:
    pair = YES_NO.get(turn.state.at)
    if turn.state.at == "proposal" and turn.state.offered[:1] == ["do:agent"]:
        pair = ("do:agent", "do:again")
    if not pair:
        return False
    parsed = answers.parse("yes_no", turn.text, turn.context)
    if not isinstance(parsed, Accepted):
        return False
    return choosing.choose(turn, pair[0] if parsed.value else pair[1])


def _pending(turn: Turn) -> bool:
    question = asking.question_waiting(turn)
    if question is None or people.tells_another_death(turn):
        return False
    return answering.read_pending(turn, question)


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


def _loss(turn: Turn) -> bool:
    """A child who died after birth. Said before anything is read as an answer: the day of the
    death is not the day of the birth."""
    draft, question = turn.draft, asking.question_waiting(turn)
    if not draft or draft.status != "open" or draft.flow == people.DEATH:
        return False
    if question and question.answer in answering.FREE:
        return False
    if not (child_lost(turn.text) and flow_named(draft.flow).subject == "child"):
        if another_died(turn.text):
            people.condole(turn)
        return False
    people.child_died(turn)
    asking.ask_again(turn)
    return True


def _unnatural(turn: Turn) -> bool:
    """A death that was not a natural one, said at any time; where a name is asked, or nothing, it
    is no answer."""
    if not rules.is_unnatural(turn):
        return False
    question = asking.question_waiting(turn)
    is_new = rules.note_unnatural(turn)
    if (question and question.answer not in NAMES) or not (question or is_new):
        return False
    asking.ask_again(turn)
    return True


def _twins(turn: Turn) -> bool:
    """Twins said where nearly any word would be taken for a name or a town."""
    question = asking.question_waiting(turn)
    is_open = question is None or question.answer in ("choice", *answering.FREE)
    return not is_open and has(turn.text, "twins") and _company(turn)


def _company(turn: Turn) -> bool:
    """Twins, or somebody else to declare: said at any time, noted at once."""
    draft = turn.draft
    if not draft or draft.status == "cancelled":
        return False
    says_twins = has(turn.text, "twins") and not has(turn.text, "twins", "none")
    if turn.state.at == "extras" and says_twins and flow_named(draft.flow).keep:
        draft.frame.values.setdefault("multiple_birth_rank", "first")
        rules.keep_current(turn)
        commands.run(turn, "twin")
        return True
    noted = prefill.notice_company(turn, turn.text)
    if not noted or not draft.consent:
        return False
    for key in noted:
        turn.say(key)
    rules.keep_current(turn)
    asking.ask_again(turn)
    return True


READERS: tuple[Callable[[Turn], bool], ...] = (
    _opt_words,
    arriving.lost_place,
    _media,
    _empty,
    codes.read,
    _choice,
    _commands,
    resuming.read_proof,
    _yes_no,
    _greeting,
    people.read_phone,
    _loss,
    _unnatural,
    editing.in_words,
    editing.respell,
    _reference,
    _twins,
    _pending,
    _company,
)
