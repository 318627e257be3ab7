"""What time alone brings about: last days that pass, orders that nobody pays."""

from __future__ import annotations

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from integrations.platform.logs import get_logger
from integrations.register.sandbox.letters import lapse
from integrations.register.sandbox.officers import expire
from integrations.register.sandbox.operations import CLOCKWORK, Register

log = get_logger(__name__)
EVERY_SECONDS = 30.0


async def sweep(register: Register) -> dict[str, int]:
    """Expire and lapse what is due; how many of each."""
    done = {}
    for action, step in (("expired", expire), ("lapsed", lapse)):
        async with register.quietly(CLOCKWORK) as operation:
            done[action] = await step(operation)
            if done[action]:
                await operation.trace(f"upkeep.{action}", None)
    return done


async def sweep_for_ever(register: Register) -> None:
    """Now and then, until cancelled."""
    while True:
        try:
            await sweep(register)
        except SQLAlchemyError as error:
            log.warning("register.upkeep_failed", exc_info=error)
        await asyncio.sleep(EVERY_SECONDS)
