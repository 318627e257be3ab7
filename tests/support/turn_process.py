"""A gateway that can be killed: runs turns on messages it is given, and says which it acknowledged.

`python -m tests.support.turn_process URL KEYS SEED COUNT` says `ready`, then a provider id a line.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from pathlib import Path

from actions.messages import InboundMessage
from integrations.database.engine import open_database
from integrations.platform.crypto import Crypto
from integrations.platform.keys import load_keys
from tests.support.counting import handler, message
from tests.support.services import settings_for

WORDS = ("salam", "read x", "twice", "draft a", "submit b", "consent yes")
PEOPLE = 12


def messages_of(seed: int, count: int) -> list[InboundMessage]:
    """The same messages for the same seed."""
    chance = random.Random(seed)
    return [
        message(
            chance.choice(WORDS),
            f"+2127{seed:04d}{chance.randrange(PEOPLE):04d}",
            provider_id=f"SM{seed}-{number}",
        )
        for number in range(count)
    ]


def say(line: str) -> None:
    """To whoever started us."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def run(url: str, keys: Path, messages: list[InboundMessage]) -> None:
    """Deliver them eight at a time, as a provider does; print each when it is acknowledged."""
    db = open_database(url, Crypto(load_keys(keys)))

    async def understand(asked: str) -> None:
        await asyncio.sleep(0.002)

    turns = handler(db, settings_for(Path(tempfile.gettempdir())), understand)
    slots = asyncio.Semaphore(8)

    async def deliver(each: InboundMessage) -> None:
        async with slots:
            await turns.receive(each)
            say(each.provider_id)

    say("ready")
    await asyncio.gather(*(deliver(each) for each in messages))
    await db.close()


if __name__ == "__main__":
    seed, count = int(sys.argv[3]), int(sys.argv[4])
    asyncio.run(run(sys.argv[1], Path(sys.argv[2]), messages_of(seed, count)))
