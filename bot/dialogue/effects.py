"""What a turn writes besides its state: each effect a plain value, applied by actions/effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.answers.result import Language, Value


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """The citizen agreed to (or refused) a notice of this version."""

    purpose: str
    version: str
    given: bool


@dataclass(frozen=True, slots=True)
class SubmitDeclaration:
    """A pre-declaration with its reference; `values` and `missing` by step id. One per draft."""

    reference: str
    kind: str
    draft_id: str
    values: Mapping[str, Value]
    missing: tuple[str, ...]
    last_day: date | None


@dataclass(frozen=True, slots=True)
class CompleteDeclaration:
    """The values of an already submitted pre-declaration after more were given."""

    reference: str
    draft_id: str
    values: Mapping[str, Value]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithdrawDeclaration:
    """The citizen takes back what they submitted. Nothing happens once an officer has opened it:
    the register has the last word, and the status tells it."""

    reference: str


@dataclass(frozen=True, slots=True)
class KeepReceipt:
    """From now on this token leads to the form of a submission. Never log `token`."""

    reference: str
    draft_id: str
    token: str


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A call-back for a person of the call centre, to this number (E.164)."""

    reference: str
    reason: str
    language: Language
    phone: str


@dataclass(frozen=True, slots=True)
class SetOptOut:
    """The sender refuses (True) or accepts again (False) messages beyond direct answers."""

    opted_out: bool


@dataclass(frozen=True, slots=True)
class EraseSender:
    """Forget this phone: drafts, transcript and state of the sender."""


@dataclass(frozen=True, slots=True)
class KeepResumeCode:
    """From now until then this code leads to the draft. Never log `code`."""

    draft_id: str
    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class EndResumeCode:
    """The code of this draft leads nowhere any more."""

    draft_id: str


@dataclass(frozen=True, slots=True)
class CountWrongCode:
    """The sender typed a resume code that leads nowhere."""


@dataclass(frozen=True, slots=True)
class PointToDraft:
    """From the next turn on, the conversation is about this draft; None: about none. This turn
    found it without a lock, and may not write it."""

    draft_id: str | None


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """The sender proved to be the author of a draft begun elsewhere, and goes on with it."""

    draft_id: str


CodeEffect = KeepResumeCode | EndResumeCode | CountWrongCode | PointToDraft | HoldDraft
Submitted = SubmitDeclaration | KeepReceipt
Declared = RecordConsent | Submitted | CompleteDeclaration | WithdrawDeclaration
Effect = Declared | OpenTicket | SetOptOut | EraseSender | CodeEffect
