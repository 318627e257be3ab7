"""Writes the effects of a turn, each with the key that says what "once" means for it.

A submission is once per draft; everything else once per inbound message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.effects import (
    CodeEffect,
    CompleteDeclaration,
    CountWrongCode,
    Effect,
    EndResumeCode,
    EraseSender,
    HoldDraft,
    KeepReceipt,
    KeepResumeCode,
    OpenTicket,
    PointToDraft,
    RecordConsent,
    SetOptOut,
    SubmitDeclaration,
    WithdrawDeclaration,
)
from bot.dialogue.papers import papers_of
from bot.dialogue.state import Draft
from integrations.database import effects, pre_declarations, receipt_links, resume_codes
from integrations.database.pre_declarations import Submission
from integrations.platform.crypto import Crypto


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when effects happen; in which language, and about which draft."""

    connection: AsyncConnection
    crypto: Crypto
    conversation_id: UUID
    inbox_id: UUID
    now: datetime
    language: str = "ar"
    draft: Draft | None = None


KINDS: dict[type[Effect], str] = {
    SubmitDeclaration: "submit_declaration",
    CompleteDeclaration: "complete_declaration",
    KeepReceipt: "keep_receipt",
    WithdrawDeclaration: "withdraw_declaration",
    OpenTicket: "open_ticket",
    RecordConsent: "record_consent",
    SetOptOut: "set_opt_out",
    EraseSender: "erase_sender",
    KeepResumeCode: "keep_resume_code",
    EndResumeCode: "end_resume_code",
    CountWrongCode: "count_wrong_code",
    PointToDraft: "point_to_draft",
    HoldDraft: "hold_draft",
}


def effect_key(effect: Effect, inbox_id: UUID) -> tuple[str, str]:
    """Kind and unique key of an effect, as table `effect` holds them."""
    kind = KINDS[type(effect)]
    match effect:
        case SubmitDeclaration() | KeepReceipt():
            return kind, effect.draft_id
        case CompleteDeclaration() | WithdrawDeclaration():
            return kind, f"{effect.reference}:{inbox_id}"
        case RecordConsent():
            return kind, f"{inbox_id}:{effect.purpose}"
        case _:
            return kind, str(inbox_id)


async def write_effects(turn_effects: Iterable[Effect], place: Place) -> None:
    """Write them in the turn's transaction. Erasing comes last: it erases what the others wrote."""
    for effect in sorted(turn_effects, key=lambda each: isinstance(each, EraseSender)):
        await _write(effect, place)


async def _write(effect: Effect, place: Place) -> None:
    connection, here, now = place.connection, place.conversation_id, place.now
    key = effect_key(effect, place.inbox_id)[1]
    match effect:
        case SubmitDeclaration() | CompleteDeclaration() | WithdrawDeclaration() | KeepReceipt():
            await _write_declaration(effect, place)
        case OpenTicket(reference, reason, language, phone):
            ticket = effects.Ticket(reference, reason, language, phone)
            await effects.open_ticket(connection, place.crypto, here, key, ticket, now)
        case RecordConsent(purpose, version, given):
            await effects.record_consent(connection, here, key, purpose, version, given, now)
        case SetOptOut(opted_out):
            await effects.set_opt_out(connection, here, key, opted_out, now)
        case EraseSender():
            await effects.erase_sender(connection, here, place.inbox_id, now)
        case _:
            await _write_code(effect, place)


async def _write_declaration(
    effect: SubmitDeclaration | CompleteDeclaration | WithdrawDeclaration | KeepReceipt,
    place: Place,
) -> None:
    """What becomes of a declaration; what the register has to know is deferred with it."""
    connection, here, now = place.connection, place.conversation_id, place.now
    key = effect_key(effect, place.inbox_id)[1]
    match effect:
        case SubmitDeclaration():
            record = _submission(effect, effect.kind, effect.last_day, place)
            await pre_declarations.submit(connection, place.crypto, record, now)
        case CompleteDeclaration():
            record = _submission(effect, "", None, place)
            await pre_declarations.complete(connection, place.crypto, record, key, now)
        case WithdrawDeclaration(reference):
            await pre_declarations.withdraw(connection, reference, here, key, now)
        case KeepReceipt(reference, _, token):
            await receipt_links.keep(connection, place.crypto, reference, token, now)


async def _write_code(effect: CodeEffect, place: Place) -> None:
    """The effects of going on elsewhere. Each gives the same when written again, so that their keys
    need not be stored; except for a wrong code, which is counted by its row."""
    connection, here, now = place.connection, place.conversation_id, place.now
    match effect:
        case KeepResumeCode(draft_id, code, until):
            await resume_codes.keep(connection, place.crypto, UUID(draft_id), code, until)
        case EndResumeCode(draft_id):
            await resume_codes.end(connection, UUID(draft_id))
        case CountWrongCode():
            key = effect_key(effect, place.inbox_id)[1]
            await resume_codes.count_wrong(connection, here, key, now)
        case PointToDraft(draft_id):
            pointed = UUID(draft_id) if draft_id else None
            await resume_codes.point_to(connection, here, pointed)
        case HoldDraft(draft_id):
            await resume_codes.hold(connection, here, UUID(draft_id), now)


def _submission(
    effect: SubmitDeclaration | CompleteDeclaration,
    kind: str,
    last_day: date | None,
    place: Place,
) -> Submission:
    draft = place.draft
    is_of_draft = draft is not None and draft.id == effect.draft_id
    return Submission(
        reference=effect.reference,
        draft_id=UUID(effect.draft_id),
        kind=kind,
        conversation_id=place.conversation_id,
        values=effect.values,
        missing=effect.missing,
        last_day=last_day,
        language=place.language,
        papers=papers_of(draft) if draft and is_of_draft else (),
    )
