"""What a provider's later word on a message changes: how far it came, and whether it goes again."""

from __future__ import annotations

from datetime import timedelta

from actions.jobs.policy import SenderPolicy
from integrations.database.engine import Database
from integrations.database.receipts import apply_receipt
from integrations.database.redelivery import revive
from integrations.platform.clock import Clock
from integrations.platform.logs import get_logger
from integrations.twilio.errors import failure_of_code
from integrations.twilio.receipts import DeliveryState

log = get_logger(__name__)


async def take_receipt(
    db: Database,
    clock: Clock,
    provider: str,
    provider_id: str,
    state: DeliveryState,
    code: int | None,
    policy: SenderPolicy,
) -> bool:
    """Apply a receipt; False when it moved nothing. An unreachable handset is tried again later."""
    now = clock.now()
    moved = await apply_receipt(
        db, provider, provider_id, state, None if code is None else str(code), now
    )
    if moved and state == "failed":
        again = code is not None and failure_of_code(code).retry != "no"
        at = now + timedelta(seconds=policy.later)
        again = again and await revive(db, provider, provider_id, at, policy.later_attempts)
        log.info("receipt.failed", provider_id=provider_id, code=code, again=again)
    return moved
