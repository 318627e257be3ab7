"""Writes the effects of a turn, each with the key that says what "once" means for it.

A submission is once per draft; everything else once per inbound message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.messages import (
    CompleteDeclaration,
    Effect,
    EraseSender,
    OpenTicket,
    RecordConsent,
    SetOptOut,
    SubmitDeclaration,
)
from integrations.database import effects, pre_declarations
from integrations.database.pre_declarations import Submission
from integrations.platform.crypto import Crypto


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when effects happen."""

    connection: AsyncConnection
    crypto: Crypto
    conversation_id: UUID
    inbox_id: UUID
    now: datetime


def effect_key(effect: Effect, inbox_id: UUID) -> tuple[str, str]:
    """Kind and unique key of an effect, as table `effect` holds them."""
    match effect:
        case SubmitDeclaration():
            return "submit_declaration", effect.draft_id
        case CompleteDeclaration():
            return "complete_declaration", f"{effect.reference}:{inbox_id}"
        case OpenTicket():
            return "open_ticket", str(inbox_id)
        case RecordConsent():
            return "record_consent", f"{inbox_id}:{effect.purpose}"
        case SetOptOut():
            return "set_opt_out", str(inbox_id)
        case EraseSender():
            return "erase_sender", str(inbox_id)


async def write_effects(turn_effects: Iterable[Effect], place: Place) -> None:
    """Write them in the turn's transaction. Erasing comes last: it erases what the others wrote."""
    for effect in sorted(turn_effects, key=lambda each: isinstance(each, EraseSender)):
        await _write(effect, place)


async def _write(effect: Effect, place: Place) -> None:
    connection, here, now = place.connection, place.conversation_id, place.now
    key = effect_key(effect, place.inbox_id)[1]
    match effect:
        case SubmitDeclaration():
            record = _submission(effect, effect.kind, effect.last_day, here)
            await pre_declarations.submit(connection, place.crypto, record, now)
        case CompleteDeclaration():
            record = _submission(effect, "", None, here)
            await pre_declarations.complete(connection, place.crypto, record, key, now)
        case OpenTicket(reference, reason, language, phone):
            ticket = effects.Ticket(reference, reason, language, phone)
            await effects.open_ticket(connection, place.crypto, here, key, ticket, now)
        case RecordConsent(purpose, version, given):
            await effects.record_consent(connection, here, key, purpose, version, given, now)
        case SetOptOut(opted_out):
            await effects.set_opt_out(connection, here, key, opted_out, now)
        case EraseSender():
            await effects.erase_sender(connection, here, place.inbox_id, now)


def _submission(
    effect: SubmitDeclaration | CompleteDeclaration,
    kind: str,
    last_day: date | None,
    conversation_id: UUID,
) -> Submission:
    return Submission(
        reference=effect.reference,
        draft_id=UUID(effect.draft_id),
        kind=kind,
        conversation_id=conversation_id,
        values=effect.values,
        missing=effect.missing,
        last_day=last_day,
    )
