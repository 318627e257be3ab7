"""The shape of a flow: what a data file of this folder may say, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Ring = Literal["core", "completing", "optional"]
Condition = Mapping[str, tuple[Any, ...]]


class FlowError(Exception):
    """A flow file says something that cannot be: code, file and cause, for developers."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another wording of a question (`ask.<question>.<suffix>`) under a condition."""

    suffix: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence said once after an answer, under a condition."""

    key: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Span:
    """A length of calendar time, as the law counts it."""

    days: int = 0
    months: int = 0
    years: int = 0


@dataclass(frozen=True, slots=True)
class Delay:
    """Within what time an event is to be declared, in Morocco and abroad; None: no delay."""

    home: Span | None = None
    abroad: Span | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """What naming the person by how they are related answers: "my father" died, so a child
    declares and a man is declared. `answers`: question ids with a choice."""

    words: tuple[str, ...]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a flow needs to know. It may fill several steps (`fills`, in the order they show).

    `zero` is what a typed 0 means (`none`, `left_out`); `proposes` that the other script of a
    name is proposed at review; `part_of` the question whose answer this one only sharpens; `step`
    the step shown instead of the first unfilled one; `asked` False: filled only when the citizen
    says it.

    `sets` spells out a choice that stands for several steps; `kinds` calls a kind of place by its
    name in this flow; a day must not be before that of `after` nor after that of `before`, else
    `out_of_order` says so.
    """

    id: str
    ring: Ring
    answer: str
    fills: tuple[str, ...]
    choices: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    zero: str | None = None
    when: Condition = field(default_factory=dict)
    unless: Condition = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    part_of: str | None = None
    step: str | None = None
    asked: bool = True
    proposes: bool = False
    notes: tuple[Note, ...] = ()
    sensitive: bool = False
    sensitive_when_left_out: bool = False
    sets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    before: str = ""
    out_of_order: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A journey. `place`: how the steps of the event's place begin (`birth`, `death`), empty where
    the place decides nothing; then `country` is the step that may say it was abroad. `people` are
    those it names, the one it is about (`subject`) first. `keep` lists the steps that a
    further child of the same birth takes over; `entities` which question an entity of understanding
    answers (`kind` or `kind.role`); `renamed` maps ids of questions and steps of earlier
    releases to those of this one.

    `delay`: the time there is to declare, and `late` the topic told once it is over (empty: it
    is declared all the same). `intro` is said before the notice, and `beside` names what can be
    done there instead of beginning. `taken_over`: what the declaration of the same person's birth,
    just sent, answers already. `sensitive`: the phone alone never proves who asks."""

    id: str
    version: int
    reference_kind: int
    topic: str
    event_date: str
    notice: str
    questions: tuple[Question, ...]
    keep: tuple[str, ...] = ()
    by_id: Mapping[str, Question] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    subject: str = ""
    entities: Mapping[str, str] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    country: str = ""
    delay: Delay = Delay()
    late: str = ""
    intro: str = ""
    beside: tuple[str, ...] = ()
    sensitive: bool = False
    relations: tuple[Relation, ...] = ()
    taken_over: Mapping[str, str] = field(default_factory=dict)


def condition_of(raw: Mapping[str, Any]) -> Condition:
    """A condition as data files say it: steps with the values one of which each must have."""
    return {step: tuple(values) for step, values in raw.items()}


def _question(raw: Mapping[str, Any]) -> Question:
    known = dict(raw)
    for key in ("when", "unless"):
        known[key] = condition_of(known.get(key, {}))
    known["variants"] = tuple(
        Variant(v["suffix"], condition_of(v["when"])) for v in known.get("variants", ())
    )
    known["notes"] = tuple(
        Note(n["key"], condition_of(n.get("when", {}))) for n in known.get("notes", ())
    )
    for key in ("fills", "choices", "more"):
        known[key] = tuple(known.get(key, ()))
    return Question(**known)


def flow_from(raw: Mapping[str, Any]) -> Flow:
    """Build a flow from its parsed file. Raises FlowError on an unknown key or a doubled id."""
    try:
        questions = tuple(_question(q) for q in raw["question"])
    except TypeError as error:
        raise FlowError(f"flow.unknown_key: {raw.get('id')}: {error}") from error
    by_id = {q.id: q for q in questions}
    if len(by_id) != len(questions):
        raise FlowError(f"flow.doubled_question: {raw['id']}")
    heads = {
        k: raw[k] for k in ("id", "version", "reference_kind", "topic", "event_date", "notice")
    }
    keep = tuple(raw.get("again", {}).get("keep", ()))
    renamed = dict(raw.get("renamed", {}))
    return Flow(
        **heads, **_about(raw), questions=questions, keep=keep, by_id=by_id, renamed=renamed
    )


def _about(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a flow may leave out of its head."""
    plain = ("place", "subject", "entities", "country", "late", "intro", "sensitive", "taken_over")
    about = {key: raw[key] for key in plain if key in raw}
    about |= {key: tuple(raw[key]) for key in ("people", "beside") if key in raw}
    about["delay"] = Delay(**{where: Span(**span) for where, span in raw.get("delay", {}).items()})
    about["relations"] = tuple(
        Relation(tuple(one["words"]), dict(one["answers"])) for one in raw.get("relation", ())
    )
    return about
