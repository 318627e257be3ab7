"""Takes a text as the answer to the question that waits, or as several answers at once."""

from __future__ import annotations

import re

from bot.answers.result import Accepted, Ambiguous, NotAnAnswer, Parsed, Refused, Value
from bot.dialogue import asking, form, going, rules
from bot.dialogue.reading import read
from bot.dialogue.turn import Turn
from bot.flows import Question

SEPARATORS = re.compile(r"\s*[,،;؛\n]+\s*")
NAMES = ("name", "full_name", "family_name", "full_text_name")
FREE = ("text",)  # kinds that accept anything: never tried on a fragment meant for another question
LONG_WORDS = 4  # a refused text longer than this may be something else than a failed answer


def read_pending(turn: Turn, question: Question) -> bool:
    """Take the text as the answer to the question. False: it is something else, or needs
    reading."""
    if question.answer in NAMES and spread(turn, question):
        return True
    parsed = read_now(turn, question, turn.text)
    match parsed:
        case Accepted(value):
            take(turn, question, value)
        case Ambiguous():
            _ask_which(turn, question, parsed)
        case Refused():
            return spread(turn, question) or _refuse_or_understand(turn, question, parsed)
        case NotAnAnswer():
            return spread(turn, question)
    return True


def read_now(turn: Turn, question: Question, text: str) -> Parsed:
    """Read a text as an answer to a question in this turn's light."""
    _, frame = turn.form
    return read(question, text, turn.context, frame)


def take(turn: Turn, question: Question, value: Value) -> None:
    """Write an accepted answer, say what follows from it, go on."""
    write(turn, question, value)
    rules.after(turn, question)
    going.proceed(turn)


def write(turn: Turn, question: Question, value: Value) -> None:
    """Write an accepted answer and nothing else."""
    _, frame = turn.form
    turn.state.aside.pop("more", None)
    if value is None and question.zero == "left_out":
        form.fill(frame, question, {"father_known": False})
    elif value is None:
        form.fill_unknown(frame, question)
    else:
        form.fill(frame, question, form.values_of(question, value))


def take_unknown(turn: Turn, question: Question) -> None:
    """Write "I don't know" and go on: nobody is forced."""
    _, frame = turn.form
    form.fill_unknown(frame, question)
    if question.ring == "core":
        turn.say("noted.unknown")
    rules.after(turn, question)
    going.proceed(turn)


def _ask_which(turn: Turn, question: Question, parsed: Ambiguous) -> None:
    shown = parsed.candidates[: asking.CANDIDATES_SHOWN]
    turn.state.aside["candidates"] = [c.value for c in shown]
    turn.wait_at("disambiguation", question.id)
    asking.offer_candidates(turn, question, [c.label for c in shown])


def pick(turn: Turn, question: Question, number: int) -> None:
    """Take one of the readings offered before; a stale number asks the question anew."""
    candidates = turn.state.aside.pop("candidates", [])
    if 0 <= number < len(candidates):
        take(turn, question, candidates[number])
    else:
        asking.ask(turn, question)


def spread(turn: Turn, question: Question) -> bool:
    """Several answers in one message: the first fragment answers the question, each further one
    some question still open. All must fit, else nothing is taken this way."""
    fragments = [f for f in SEPARATORS.split(turn.text) if f]
    if len(fragments) < 2:
        return False
    readings = _assign(turn, question, fragments)
    if readings is None:
        return False
    for found, value in readings:
        write(turn, found, value)
        rules.after(turn, found)
    going.proceed(turn)
    return True


def _assign(
    turn: Turn, question: Question, fragments: list[str]
) -> list[tuple[Question, Value]] | None:
    first = read_now(turn, question, fragments[0])
    if not isinstance(first, Accepted):
        return None
    readings: list[tuple[Question, Value]] = [(question, first.value)]
    waiting = open_questions(turn, after=question)
    for fragment in fragments[1:]:
        found = _first_fitting(turn, waiting, fragment)
        if found is None:
            return None
        readings.append(found)
        waiting = [q for q in waiting if q.id != found[0].id]
    return readings


def open_questions(turn: Turn, after: Question | None = None) -> list[Question]:
    """The questions of the ring under way that are not answered yet, in order."""
    flow, frame = turn.form
    ring = turn.draft.ring if turn.draft and not turn.state.side else "core"
    return [
        q
        for q in flow.questions
        if q.ring == ring and q.asked and q != after and not form.answered(q, frame)
    ]


def _first_fitting(
    turn: Turn, waiting: list[Question], fragment: str
) -> tuple[Question, Value] | None:
    next_name_seen = False
    for candidate in waiting:
        is_name = candidate.answer in NAMES
        if candidate.answer in FREE or candidate.part_of or (is_name and next_name_seen):
            continue
        next_name_seen = next_name_seen or is_name
        parsed = read_now(turn, candidate, fragment)
        if isinstance(parsed, Accepted):
            return candidate, parsed.value
    return None


def _refuse_or_understand(turn: Turn, question: Question, parsed: Refused) -> bool:
    """A short failed answer is refused at once; a long one may be a sentence about something
    else."""
    if len(turn.text.split()) > LONG_WORDS:
        turn.state.aside["problem"] = [parsed.problem, dict(parsed.details)]
        return False
    refuse(turn, question, parsed.problem, dict(parsed.details))
    return True


def refuse(turn: Turn, question: Question | None, problem: str, details: dict[str, str]) -> None:
    """Say why a text cannot be taken; the second time with an example, the third offer a person."""
    state = turn.state
    state.failures += 1
    if state.failures >= 3:
        offer_person(turn, question)
        return
    repeated = problem == state.last_problem
    state.last_problem = problem
    if not repeated:
        turn.say(problem, **details)
    if state.failures == 2 and question:
        turn.say(f"example.{question.answer}")
    elif repeated:
        turn.say("problem.still")
    asking.ask_again(turn)


def offer_person(turn: Turn, question: Question | None) -> None:
    """After three failures: a person, or going on without this answer."""
    turn.wait_at("proposal", question.id if question else "")
    turn.say("offer.person")
    turn.offer("do:agent", "choice.agent")
    if question:
        turn.offer("do:dont_know", "choice.skip_question")
        turn.offer("do:again", "choice.try_again")
    else:
        turn.offer("do:menu", "choice.menu")
