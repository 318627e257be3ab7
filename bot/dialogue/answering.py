"""Takes a text as the answer to the question that waits, or as several answers at once."""

from __future__ import annotations

import re

from bot.answers.result import Accepted, Ambiguous, NotAnAnswer, Parsed, Refused, Value
from bot.dialogue import asking, form, going, rules
from bot.dialogue.reading import NAMES, read
from bot.dialogue.state import Frame
from bot.dialogue.turn import Turn
from bot.dialogue.words import has
from bot.flows import Question

SEPARATORS = re.compile(r"\s*[,،;؛\n]+\s*")
FREE = ("text",)  # kinds that accept anything: never tried on a fragment meant for another question
# And kinds that accept so much that they take a fragment only when they are asked.
ONLY_ASKED = (*FREE, "act_reference")
LONG_WORDS = 2  # a refused text longer than this may be something else than a failed answer


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
            return (
                spread(turn, question)
                or _read_whole(turn, question)
                or _refuse_or_understand(turn, question, parsed)
            )
        case NotAnAnswer():
            return spread(turn, question) or _read_whole(turn, question)
    return True


def _read_whole(turn: Turn, question: Question) -> bool:
    """Where only a part is asked for (the town), another whole (a country) answers it, if the part
    makes no sense beside it."""
    flow, frame = turn.form
    whole = flow.by_id.get(question.part_of or "")
    parsed = read_now(turn, whole, turn.text) if whole else None
    if whole is None or not isinstance(parsed, Accepted) or question.step:
        return False
    trial = frame.copy()
    fill_in(trial, whole, parsed.value)
    if form.relevant(question, trial.values, asking.has_phone(turn)):
        return False
    take(turn, whole, parsed.value)
    return True


def read_now(turn: Turn, question: Question, text: str) -> Parsed:
    """Read a text as an answer to a question in this turn's light."""
    _, frame = turn.form
    return read(question, text, turn.context, frame)


def take(turn: Turn, question: Question, value: Value) -> None:
    """Write an accepted answer, say what follows from it, go on. A first "other" shows which
    others there are."""
    if value == "other" and question.more and turn.state.aside.get("more") != question.id:
        turn.state.aside["more"] = question.id
        asking.ask(turn, question)
        return
    write(turn, question, value)
    rules.after(turn, question)
    going.proceed(turn)


def write(turn: Turn, question: Question, value: Value) -> None:
    """Write an accepted answer and nothing else."""
    _, frame = turn.form
    turn.state.aside.pop("more", None)
    fill_in(frame, question, value)


def fill_in(frame: Frame, question: Question, value: Value) -> None:
    """Fill what an accepted answer holds; None is the question's zero."""
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
    turn.state.aside["readings"] = {"of": question.id, "values": [c.value for c in shown]}
    turn.wait_at("disambiguation", question.id)
    asking.offer_candidates(turn, question, [c.label for c in shown])


def pick(turn: Turn, question: Question, number: int) -> bool:
    """Take one of the readings offered before; False when they are offered no longer."""
    offered = turn.state.aside.get("readings", {})
    values = offered["values"] if offered.get("of") == question.id else []
    if not 0 <= number < len(values):
        return False
    turn.state.aside.pop("readings")
    take(turn, question, values[number])
    return True


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
    """Each fragment with its question, tried on a copy so that an answer opens what follows it."""
    _, frame = turn.form
    trial = frame.copy()
    first = read_now(turn, question, fragments[0])
    if not isinstance(first, Accepted):
        return None
    readings: list[tuple[Question, Value]] = [(question, first.value)]
    fill_in(trial, *readings[0])
    for fragment in fragments[1:]:
        found = _first_fitting(turn, trial, fragment)
        if found is None:
            return None
        fill_in(trial, *found)
        readings.append(found)
    return readings


def open_questions(turn: Turn, frame: Frame) -> list[Question]:
    """The questions of the ring under way that a frame leaves unanswered, in order."""
    flow, _ = turn.form
    ring = turn.draft.ring if turn.draft and not turn.state.side else "core"
    return [
        q
        for q in flow.questions
        if q.ring == ring and q.asked and not form.answered(q, frame) and _fits_in(turn, q, frame)
    ]


def _fits_in(turn: Turn, question: Question, frame: Frame) -> bool:
    """Whether an unasked answer to the question may be taken: a part only once its whole is
    known; a number to reach the citizen always."""
    if question.part_of and question.part_of not in frame.history:
        return False
    return form.relevant(question, frame.values, has_phone=False)


def _first_fitting(turn: Turn, frame: Frame, fragment: str) -> tuple[Question, Value] | None:
    next_name_seen = False
    for candidate in open_questions(turn, frame):
        is_name = candidate.answer in NAMES
        if candidate.answer in ONLY_ASKED or (is_name and next_name_seen):
            continue
        next_name_seen = next_name_seen or is_name
        parsed = read(candidate, fragment, turn.context, frame)
        if isinstance(parsed, Accepted):
            return candidate, parsed.value
    return None


def _refuse_or_understand(turn: Turn, question: Question, parsed: Refused) -> bool:
    """A short failed answer is refused at once; a long one may be a sentence about something
    else."""
    if len(turn.text.split()) > LONG_WORDS or has(turn.text, "helper") or has(turn.text, "twins"):
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
        turn.offer(f"skip:{question.id}", "choice.skip_question")
        turn.offer("do:again", "choice.try_again")
    else:
        turn.offer("do:menu", "choice.menu")
