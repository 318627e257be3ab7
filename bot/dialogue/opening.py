"""Reads a message through understanding: starts a flow, answers a question, or asks what was
meant."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue import (
    answering,
    asking,
    beginning,
    commands,
    going,
    knowing,
    menus,
    people,
    prefill,
    rules,
    status,
)
from bot.dialogue.losses import another_died
from bot.dialogue.messages import Entity, Sentence, Understood
from bot.dialogue.turn import Turn
from bot.dialogue.words import has
from bot.flows import all_flows, flow_named

SURE = 0.45  # below this confidence of understanding, likely meanings are offered as choices
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
MEANINGS_OFFERED = 3
COMMAND_INTENTS = {
    "talk_to_agent": "agent",
    "complaint": "agent",
    "cancel": "cancel",
    "go_back": "back",
    "help": "help",
    "goodbye": "goodbye",
    "change_language": "language",
}
SMALL_TALK = {"greet": "greet", "thanks": "thanks"}


def read(turn: Turn) -> None:
    """Decide a message that nothing cheaper could: ask understanding, then act on what it says."""
    understood = turn.understanding()
    if understood is None or understood.confidence < SURE or understood.intent == "out_of_scope":
        _unsure(turn, understood)
    else:
        act(turn, understood)


def _unsure(turn: Turn, understood: Understood | None) -> None:
    """While a declaration is filled, what was found in a sentence counts even where its aim is
    unclear."""
    if understood and turn.draft and _is_under_way(turn):
        _more_said(turn, replace(understood, entities=_said_with_more(understood, turn.text)))
    else:
        not_understood(turn, understood)


def _said_with_more(understood: Understood, text: str) -> tuple[Entity, ...]:
    """The entities without names that stand alone: whose name it is, nothing says."""
    names = [e.text for e in understood.entities if e.kind in ("given_name", "person")]
    bare = bool(names) and len(text.split()) <= len(" ".join(names).split()) + 1
    return tuple(
        e for e in understood.entities if not (bare and e.kind in ("given_name", "person"))
    )


def act(turn: Turn, understood: Understood) -> None:
    """Do what an intent asks for."""
    understood = _as_told(turn.text, understood)
    intent = understood.intent
    if intent in all_flows():
        _flow(turn, understood)
    elif intent in COMMAND_INTENTS:
        commands.run(turn, COMMAND_INTENTS[intent])
    elif intent == "order_copy":
        knowing.tell_copies(turn)
    elif intent in SMALL_TALK:
        _small_talk(turn, SMALL_TALK[intent])
    elif intent in ("affirm", "deny"):
        _unsure(turn, replace(understood, alternatives=()))
    elif knowing.can_tell(turn, understood.topic):
        knowing.tell(turn, understood.topic)
    elif knowing.can_tell(turn, intent):
        knowing.tell(turn, intent)
    else:
        not_understood(turn, understood)


def _as_told(text: str, understood: Understood) -> Understood:
    """A birth told together with the death of the new-born, or with what only sounds like one, is
    a birth to declare. A year says that it was born long ago."""
    is_birth = has(text, "gave_birth") or has(text, "gave_birth", "born")
    if understood.intent != "declare_death" or not is_birth:
        return understood
    if another_died(text) or YEAR.search(text):
        return understood
    return replace(understood, intent="declare_birth", topic="declare_birth")


def _flow(turn: Turn, understood: Understood) -> None:
    if understood.intent == "check_status":
        reference = next((e.text for e in understood.entities if e.kind == "reference"), None)
        status.interrupt(turn, None)
        if reference:
            _take_reference(turn, reference)
        else:
            going.proceed(turn)
    elif turn.draft and turn.draft.flow == understood.intent and _is_under_way(turn):
        _more_said(turn, understood)
    elif understood.intent == "declare_death" and _is_told_in_passing(turn):
        people.condole(turn)
        turn.say("death.next")
        asking.ask_again(turn)
    else:
        beginning.begin(turn, understood.intent, understood.entities, turn.text)


def _is_told_in_passing(turn: Turn) -> bool:
    """A death told while something else is declared, without a wish to declare it now."""
    is_busy = turn.draft is not None and asking.is_waiting(turn)
    return is_busy and people.tells_another_death(turn) and not has(turn.text, "declares")


def _is_under_way(turn: Turn) -> bool:
    """Whether the draft is being filled: then an event told is more of its answers, no new
    event."""
    open_ = turn.draft is not None and turn.draft.status == "open"
    return open_ or asking.question_waiting(turn) is not None


def _take_reference(turn: Turn, reference: str) -> None:
    question = flow_named("check_status").by_id["reference"]
    whole, turn.text = turn.text, reference
    if not answering.read_pending(turn, question):
        going.proceed(turn)
    turn.text = whole


def _more_said(turn: Turn, understood: Understood) -> None:
    """Answers to several open questions in a sentence of the citizen's own."""
    written = prefill.fill(turn, understood.entities, turn.text)
    if written:
        prefill.say_back(turn, written)
        going.proceed(turn)
    elif turn.draft and understood.intent == turn.draft.flow and not understood.entities:
        _said_again(turn)
    else:
        not_understood(turn, understood)


def _said_again(turn: Turn) -> None:
    """The journey under way is asked for again: what waits is put again, or which is meant."""
    if asking.is_waiting(turn):
        asking.ask_again(turn)
    else:
        asking.ask_instead(turn, turn.declaration.flow)


def _small_talk(turn: Turn, key: str) -> None:
    if asking.is_waiting(turn):
        turn.say(f"{key}.short")
        asking.ask_again(turn)
        return
    turn.say(f"{key}.told")
    if key == "greet":
        menus.menu(turn)


def not_understood(turn: Turn, understood: Understood | None) -> None:
    """Inside a question: why the text is no answer. Elsewhere: the likely meanings, then a
    person."""
    question = asking.question_waiting(turn)
    stored = turn.state.aside.pop("problem", None)
    is_told = people.tells_another_death(turn) or rules.is_unnatural(turn)
    if is_told and asking.is_waiting(turn):
        asking.ask_again(turn)
        return
    if question:
        problem, details = stored or (f"problem.not_{question.answer}", {})
        answering.refuse(turn, question, problem, details)
        return
    if turn.state.at in asking.AGAIN and turn.state.at != "menu":
        kind = "not_phone" if turn.state.at == "callback_phone" else "choose"
        answering.refuse(turn, None, f"problem.{kind}", {})
        return
    turn.state.failures += 1
    meanings = _meanings(understood)
    if turn.state.failures >= 3:
        answering.offer_person(turn, None)
    elif meanings and turn.state.failures == 1:
        _offer_meanings(turn, meanings)
    else:
        turn.say("not_understood")
        menus.menu(turn)


def _meanings(understood: Understood | None) -> list[str]:
    if understood is None:
        return []
    ranked = [understood.intent, *(intent for intent, _ in understood.alternatives)]
    known = [i for i in ranked if i in MEANINGS]
    return list(dict.fromkeys(known))[:MEANINGS_OFFERED]


def _offer_meanings(turn: Turn, meanings: list[str]) -> None:
    failures = turn.state.failures
    turn.wait_at("proposal")
    turn.state.failures = failures
    turn.say("which_meaning")
    for intent in meanings:
        turn.offer(MEANINGS[intent], Sentence(f"meaning.{intent}"))
    turn.offer("do:agent", "choice.agent")


# What choosing a likely meaning does.
MEANINGS = {
    "declare_birth": "do:start_declare_birth",
    "check_status": "do:start_check_status",
    "declare_death": "do:start_declare_death",
    "declare_marriage": "do:start_declare_marriage",
    "declare_divorce": "do:start_declare_divorce",
    "order_copy": "ask:procedure_copy/general",
    "procedure_birth": "ask:procedure_birth/documents",
    "procedure_death": "ask:procedure_death/general",
    "procedure_marriage": "ask:procedure_marriage/general",
    "procedure_divorce": "ask:procedure_divorce/general",
    "procedure_late_birth": "ask:procedure_late_birth/general",
    "procedure_family_booklet": "ask:procedure_family_booklet/general",
    "procedure_copy": "ask:procedure_copy/general",
    "procedure_correction": "ask:procedure_correction/general",
    "procedure_name_change": "ask:procedure_name_change/general",
    "procedure_abroad": "ask:procedure_abroad/general",
}
