"""What a flow still needs and what an answer fills: pure functions over a frame's values.

Nothing derived is stored. A proposed spelling or the child's family name is computed from what was
answered each time it is shown, so that any order of edits ends in the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from rapidfuzz import fuzz

from bot import answers
from bot.answers.result import Value
from bot.dialogue.state import Frame
from bot.flows import Flow, Question, Ring
from bot.flows.model import Condition
from bot.language import fold, transliterate

OTHER_SCRIPT = {"ar": "latin", "latin": "ar"}
TRANSLITERATION: dict[str, Literal["arab", "latn"]] = {"ar": "arab", "latin": "latn"}
SAME_NAME = (
    55  # likeness (of 100) from which a name in the other script is a respelling, not a new name
)
NAMED_PLACES = ("hospital", "clinic", "birth_centre", "institution")


def effective(flow: Flow, values: Mapping[str, Value]) -> dict[str, Any]:
    """The values with what follows from them: the child's family name, the other script's
    spelling."""
    full: dict[str, Any] = dict(values)
    if "child_family" in flow.by_id:
        _inherit_family_name(full)
    for question in flow.questions:
        if question.proposes:
            _propose_spelling(question, full)
    return full


def _inherit_family_name(full: dict[str, Any]) -> None:
    if "child_family_name_ar" in full or "child_family_name_latin" in full:
        return
    for script in OTHER_SCRIPT:
        inherited = full.get(f"father_family_name_{script}")
        if inherited:
            full[f"child_family_name_{script}"] = inherited


def _propose_spelling(question: Question, full: dict[str, Any]) -> None:
    for step in question.fills:
        stem, _, script = step.rpartition("_")
        if script in OTHER_SCRIPT and step not in full:
            written = full.get(f"{stem}_{OTHER_SCRIPT[script]}")
            if isinstance(written, str) and written:
                full[step] = transliterate(written, TRANSLITERATION[script])


def event_of(question: Question) -> str:
    """What a question about a place belongs to, as its steps begin: `birth` or `death`."""
    return question.fills[0].partition("_")[0]


def _facts(question: Question, full: Mapping[str, Any], has_phone: bool) -> dict[str, Any]:
    event = event_of(question)
    commune = full.get(f"{event}_commune")
    named = full.get(f"{event}_place_name") or full.get(f"{event}_place_kind") in NAMED_PLACES
    open_ = bool(commune and not named and answers.has_arrondissements(str(commune)))
    return {**full, "sender_has_phone": has_phone, "arrondissement_open": open_}


def holds(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Whether every step of a condition has one of its values."""
    return all(facts.get(step) in values for step, values in condition.items())


class Conditional(Protocol):
    """What a data file says only under a condition: a question, a paper."""

    @property
    def when(self) -> Condition: ...

    @property
    def unless(self) -> Condition: ...


def fits(what: Conditional, facts: Mapping[str, Any]) -> bool:
    """Whether its `when` holds, and its `unless`, where it has one, does not."""
    return holds(what.when, facts) and not (what.unless and holds(what.unless, facts))


def relevant(question: Question, values: Mapping[str, Any], has_phone: bool) -> bool:
    """Whether the question makes sense beside what is known."""
    return fits(question, _facts(question, values, has_phone))


def answered(question: Question, frame: Frame) -> bool:
    """Whether the question was answered, if only with "I don't know"."""
    return question.id in frame.unknown or is_filled(question, frame.values)


def is_filled(question: Question, values: Mapping[str, Value]) -> bool:
    """Whether the values hold an answer to the question itself, not only to a part of it."""
    if question.answer == "place":
        return bool(values.get(question.fills[0]))
    return any(values.get(step) is not None for step in question.fills)


def next_question(flow: Flow, frame: Frame, ring: Ring, has_phone: bool) -> Question | None:
    """The first question of a ring that is still to be asked, None when the ring is done."""
    for question in flow.questions:
        if question.ring != ring or not question.asked or answered(question, frame):
            continue
        if relevant(question, frame.values, has_phone):
            return question
    return None


def step_of(question: Question, frame: Frame) -> str:
    """The step to show for a question: the first it would fill that is not filled yet."""
    if question.step:
        return question.step
    open_steps = [step for step in question.fills if frame.values.get(step) is None]
    return open_steps[0] if open_steps else question.fills[0]


def variant(question: Question, values: Mapping[str, Any]) -> str:
    """The suffix of the wording that fits, with its dot, or an empty string."""
    for one in question.variants:
        if holds(one.when, values):
            return f".{one.suffix}"
    return ""


def changes(question: Question, frame: Frame, value: Value) -> bool:
    """Whether a value differs from the answer that stands."""
    filled = {s: v for s, v in values_of(question, value).items() if v is not None}
    return any(frame.values.get(step) != v for step, v in filled.items())


def several(frame: Frame) -> bool:
    """Whether the child is one of twins or more."""
    return frame.values.get("multiple_birth_rank") in ("first", "second", "third")


def script_of(text: str) -> str:
    """`ar` when the first letter is Arabic, else `latin`: the suffix of a name's step."""
    letter = next((c for c in text if c.isalpha()), "a")
    return "ar" if "\u0600" <= letter <= "\u06ff" else "latin"


def values_of(question: Question, value: Value) -> dict[str, Value]:
    """The steps that an accepted answer fills, by the question's kind of answer."""
    match question.answer, value:
        case "full_name", Mapping():
            return _named(question.id, value)
        case (("name" | "family_name"), str()):
            stem = question.fills[0].rpartition("_")[0]
            return {f"{stem}_{script_of(value)}": value}
        case "place", Mapping():
            return _placed(question, value)
        case "choice", str() if value in question.sets:
            return dict(question.sets[value])
        case _:
            return {question.fills[0]: value}


def choice_of(question: Question, values: Mapping[str, Any]) -> str:
    """The choice that the values stand for."""
    for choice, steps in question.sets.items():
        if all(values.get(step) == value for step, value in steps.items()):
            return choice
    return str(values.get(question.fills[0]))


def _placed(question: Question, value: Mapping[str, Any]) -> dict[str, Value]:
    event, kind = event_of(question), str(value.get("kind"))
    filled: dict[str, Value] = {f"{event}_place_kind": question.kinds.get(kind, kind)}
    filled[f"{event}_place_name"] = value.get("name")
    filled |= {f"{event}_{k}": value[k] for k in ("commune", "country") if value.get(k)}
    return filled


def _named(person: str, value: Mapping[str, Any]) -> dict[str, Value]:
    script = "ar" if value["script"] == "arab" else "latin"
    filled: dict[str, Value] = {f"{person}_given_name_{script}": value["given"]}
    if value.get("family"):
        filled[f"{person}_family_name_{script}"] = value["family"]
    if person == "father":
        filled["father_known"] = True
    return filled


def typed_in_arabic(flow: Flow, frame: Frame) -> bool:
    """Whether the name of the person it is about was written in Arabic letters."""
    return bool(frame.values.get(f"{flow.subject}_given_name_ar"))


def fill(frame: Frame, question: Question, filled: Mapping[str, Value]) -> None:
    """Write an answer: what the question held before goes, but for a place's parts not said again
    and for a name of which only the other script's spelling was given now."""
    kept: tuple[str, ...] = ()
    if question.answer == "place":
        kept = (f"{event_of(question)}_commune", f"{event_of(question)}_country")
    elif only_respells(question, frame, filled):
        kept = question.fills
    for step in question.fills:
        if step not in kept:
            frame.values.pop(step, None)
    frame.values.update(filled)
    _drop_what_no_longer_fits(question, frame)
    if question.id in frame.unknown:
        frame.unknown.remove(question.id)
    if question.id not in frame.history:
        frame.history.append(question.id)


def only_respells(question: Question, frame: Frame, filled: Mapping[str, Value]) -> bool:
    """Whether the values are the same names as before, written now in the other script."""
    names = {
        s: v
        for s, v in filled.items()
        if isinstance(v, str) and s.rpartition("_")[2] in OTHER_SCRIPT
    }
    return (
        bool(names) and question.proposes and all(_respells(s, v, frame) for s, v in names.items())
    )


def _respells(step: str, name: str, frame: Frame) -> bool:
    stem, _, script = step.rpartition("_")
    other = frame.values.get(f"{stem}_{OTHER_SCRIPT[script]}")
    if not isinstance(other, str) or step in frame.values:
        return False
    proposed = transliterate(name, TRANSLITERATION[OTHER_SCRIPT[script]])
    return fuzz.ratio(fold(proposed), fold(other)) >= SAME_NAME


def _drop_what_no_longer_fits(question: Question, frame: Frame) -> None:
    if question.answer in ("place", "commune"):
        event = event_of(question)
        frame.values.pop(f"{event}_arrondissement", None)
        is_abroad = frame.values.get(f"{event}_place_kind") == "abroad"
        frame.values.pop(f"{event}_commune" if is_abroad else f"{event}_country", None)


def fill_unknown(frame: Frame, question: Question) -> None:
    """Write "I don't know": the steps stay empty and are named as missing to the register."""
    for step in question.fills:
        if not (question.part_of and step != question.fills[0]):
            frame.values.pop(step, None)
    if question.id not in frame.unknown:
        frame.unknown.append(question.id)
    if question.id not in frame.history:
        frame.history.append(question.id)


def to_submit(flow: Flow, frame: Frame) -> dict[str, Value]:
    """What goes to the register: everything answered and proposed that is still relevant."""
    full = effective(flow, frame.values)
    allowed = {s for q in flow.questions if relevant(q, full, True) for s in q.fills}
    allowed |= {"contact_phone"}
    if inside := full.pop(f"{flow.place}_arrondissement", None):
        full[f"{flow.place}_commune"] = inside
    return {step: full[step] for step in sorted(full) if step in allowed}


def missing(flow: Flow, frame: Frame, has_phone: bool) -> tuple[str, ...]:
    """The core steps that were answered with "I don't know" or left out."""
    full = to_submit(flow, frame)
    wanted = [
        s
        for q in flow.questions
        if q.ring == "core" and not q.part_of and relevant(q, full, has_phone)
        for s in (q.fills[:1] if q.sets else q.fills)
        if not (s.endswith("_latin") and q.answer == "full_name")
    ]
    kind = full.get(f"{flow.place}_place_kind")
    skip = {f"{flow.place}_{'commune' if kind == 'abroad' else 'country'}"}
    skip |= {f"{flow.place}_place_name"} if kind else set()
    if full.get("father_known") is False:
        skip |= {"father_given_name_ar", "father_family_name_ar"}
    return tuple(s for s in wanted if full.get(s) is None and s not in skip)
