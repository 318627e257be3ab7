"""What an answer parser says of a text: the four outcomes, and what it may know to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Language = Literal["ar", "fr"]
# What a step holds: JSON only, so that a draft can be stored and compared.
Value = str | int | bool | None | Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """What a parser may know beside the text: the reply language and the time.

    `now` is aware and in Africa/Casablanca. `not_before` and `not_after` bound a date when the flow
    knows a bound (ISO dates); `country` is ISO 3166 alpha-2, for phones and identity documents.
    """

    language: Language
    now: datetime
    not_before: str | None = None
    not_after: str | None = None
    country: str = "MA"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several readings, with a label a citizen can choose by (in the context's language)."""

    value: Value
    label: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The text is an answer; `value` is in the form fixed by docs of the kind (ISO date,
    E.164...)."""

    value: Value


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The text is an answer with several readings (two communes of one name); ask which."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The text tries to be an answer and cannot be one; `problem` is a catalogue key
    `problem.*`."""

    problem: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotAnAnswer:
    """The text is plainly something else (a question, a request); understanding should read it."""


Parsed = Accepted | Ambiguous | Refused | NotAnAnswer
