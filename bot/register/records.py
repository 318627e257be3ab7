"""Pre-declarations and offices as they go to the register and come back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

Status = Literal[
    "received",
    "opened",
    "correction_asked",
    "registered",
    "rejected",
    "expired",
    "withdrawn",
    "handled",
]
"""Only forward, along this order; `handled` stands for whatever word we do not know."""


@dataclass(frozen=True, slots=True)
class PreDeclaration:
    """What a citizen declared, to be handed over. Never log it.

    `transaction_id` is the same on every try; a higher `version` replaces the whole content.
    `papers`: the papers of the list, and whether the citizen has shown to have each.
    """

    transaction_id: UUID
    reference: str
    kind: str
    version: int
    language: str
    values: Mapping[str, Any]
    missing: tuple[str, ...] = ()
    last_day: date | None = None
    papers: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper to hand over with a pre-declaration. Never log `content`."""

    id: UUID
    kind: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Office:
    """A civil registry office and what it takes electronically."""

    id: str
    commune: str
    name_ar: str
    name_fr: str
    address_ar: str
    address_fr: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What an officer asks to be corrected, why, and whether the answer came."""

    steps: tuple[str, ...]
    reason: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Act:
    """The registered act. Told only after a second factor."""

    number: int
    year: int


@dataclass(frozen=True, slots=True)
class Held:
    """A pre-declaration as the register holds it, in this `version`; `attachments`: their ids."""

    transaction_id: UUID
    reference: str
    status: Status
    version: int
    last_day: date | None = None
    office: Office | None = None
    correction: Correction | None = None
    act: Act | None = None
    reason: str | None = None
    attachments: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class SameEvent:
    """An event, to ask whether somebody began to declare it already. Never log it.

    Compared by the day and the mother's identity; without one by all the names, given and family
    name together.
    """

    kind: str
    date: date
    mother_identity: Mapping[str, Any] | None = None
    names: tuple[str, ...] = ()
