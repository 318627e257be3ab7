"""The form that a citizen prints and brings, as words: every line in Arabic and in French at once.

Nothing is masked here: it is the citizen's own form, and the officer needs whole numbers. What is
shown, and in which order, is data (`receipts.toml`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from bot import answers
from bot.answers.result import Language
from bot.dialogue import events
from bot.dialogue.form import OTHER_SCRIPT, holds
from bot.dialogue.messages import Sentence, Verbatim
from bot.dialogue.papers import papers_of
from bot.dialogue.shown import full_name
from bot.dialogue.state import Draft, Frame
from bot.flows import Flow, flow_named
from bot.wording.cells import Pair, cell, in_both, said

WORDS = ("reference", "not_registered", "bring", "papers", "attached", "by_hand")
PARENTS = ("father", "mother")
# A word wider than its column may break; Arabic letters are narrower, and join no more there.
LONG_WORD = re.compile(r"(?:[^\s\u0600-\u06ff]{16}|[\u0600-\u06ff]{32})(?=\S)")
MAY_BREAK = "\u200b"
# What the declarant told of themselves, where the declarant is a parent, and the other way round.
OWN = ("cnie", "birth_date", "profession")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a form is made of: a record as it stands, and the papers attached to it. `notes`: what
    was said in its conversation. Never log it."""

    kind: str
    reference: str
    values: Mapping[str, Any]
    last_day: date | None
    sent_on: date
    attached: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form; an empty value is a place to fill in by hand."""

    label_ar: str
    label_fr: str
    value_ar: str
    value_fr: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together: those of a person or of an event."""

    title: Pair
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to bring, and whether it was attached."""

    label: Pair
    attached: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole form. `words`: its standing sentences by name; `facts`: where to go, until when."""

    reference: str
    words: Mapping[str, Pair]
    facts: tuple[Row, ...]
    sections: tuple[Section, ...]
    papers: tuple[Paper, ...]


def sheet(declared: Declared, *, trial: bool) -> Sheet:
    """The form of a declaration."""
    flow, values = flow_named(declared.kind), _known(_clean(declared.values))
    return Sheet(
        reference=declared.reference,
        words=_words(flow, trial=trial),
        facts=tuple(_facts(flow, values, declared)),
        sections=tuple(_sections(flow, values)),
        papers=tuple(_papers(flow, values, declared)),
    )


def _words(flow: Flow, *, trial: bool) -> dict[str, Pair]:
    numbers = {"page": Verbatim("{page}"), "pages": Verbatim("{pages}")}
    words = {name: said(f"receipt.{name}") for name in WORDS}
    words["page"] = said("receipt.page", **numbers)
    words["title"] = said(f"card.title.{flow.id}")
    if trial:
        words |= {name: said(f"receipt.{name}") for name in ("trial", "mark")}
    return words


def _facts(flow: Flow, values: Mapping[str, Any], declared: Declared) -> Iterator[Row]:
    yield _row("office", _office(flow, values))
    if declared.last_day:
        yield _row("last_day", in_both(lambda _: declared.last_day or ""))
    yield _row("sent_on", in_both(lambda _: declared.sent_on))


def _office(flow: Flow, values: Mapping[str, Any]) -> Pair:
    """The consulate, the office of the place, or of the births."""
    if events.is_abroad(flow, values):
        return said("receipt.office_abroad")
    commune = values.get(f"{flow.place}_commune")
    if not commune:
        return said(f"receipt.office.{flow.id}")

    def at(language: Language) -> Sentence:
        label = Verbatim(answers.commune_label(str(commune), language))
        return Sentence("receipt.office_at", {"commune": label})

    return in_both(at)


def _sections(flow: Flow, values: Mapping[str, Any]) -> Iterator[Section]:
    for raw in _layout():
        unless = {step: tuple(given) for step, given in raw.get("unless", {}).items()}
        if raw["flow"] != flow.id or (unless and holds(unless, values)):
            continue
        cells = [(row, cell(flow, values, row["step"])) for row in raw["rows"]]
        rows = tuple(_row(r["label"], c) for r, c in cells if c or not r.get("optional"))
        if rows:
            yield Section(said(f"receipt.section.{raw['title']}"), rows)


def _papers(flow: Flow, values: Mapping[str, Any], declared: Declared) -> Iterator[Paper]:
    frame = Frame(flow.id, flow.version, dict(values))
    for paper in papers_of(Draft("", flow.id, frame, said=list(declared.notes))):
        yield Paper(said(f"paper.{paper}"), paper in declared.attached)


def _row(name: str, value: Pair) -> Row:
    label = said(f"receipt.row.{name}")
    return Row(label.ar, label.fr, value.ar, value.fr)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """With what one answer says of two people: a parent who declares, parents under one roof."""
    full = dict(values)
    parent = values.get("declarant_capacity")
    if parent in PARENTS:
        for script in OTHER_SCRIPT:
            full[f"declarant_name_{script}"] = full_name(values, str(parent), script)
        for one, other in (("declarant", parent), (parent, "declarant")):
            told = {f"{one}_{part}": values.get(f"{other}_{part}") for part in OWN}
            full = {step: value for step, value in told.items() if value} | full
    home = values.get("parents_address")
    if home:
        full.setdefault("mother_address", home)
        if parent in PARENTS:
            full.setdefault("declarant_address", home)
    return full


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without signs that are not seen or that turn others round; whatever was let in before."""
    return {step: _cleaned(value) for step, value in values.items()}


def _cleaned(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _clean(value)
    if not isinstance(value, str):
        return value
    lines = "".join(" " if unicodedata.category(c) == "Cc" else c for c in value)
    seen = "".join(c for c in lines if unicodedata.category(c)[0] != "C")
    return LONG_WORD.sub(rf"\g<0>{MAY_BREAK}", " ".join(seen.split()))


@cache
def _layout() -> list[dict[str, Any]]:
    text = (files(__package__) / "receipts.toml").read_text("utf-8")
    return list(tomllib.loads(text)["section"])
