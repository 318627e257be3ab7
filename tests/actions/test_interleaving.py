"""Messages of one sender arriving at once, twice, and through several processes' handlers."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from actions.messages import InboundMessage
from bot.dialogue.messages import Understood
from integrations.database.engine import Database, open_database
from integrations.platform.crypto import Crypto
from integrations.platform.settings import Settings
from tests.support.counting import handler, message, new_phone

pytestmark = pytest.mark.database

ROUNDS = 60
WORDS = ("salam", "read x", "twice", "draft a", "consent yes", "status 123456789012 0000")


@pytest.fixture
async def other_db(database_url: str, crypto: Crypto) -> AsyncIterator[Database]:
    """The same database as another process has it."""
    opened = open_database(database_url, crypto)
    yield opened
    await opened.close()


async def answers(db: Database, address_of: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Per sender, in order of receipt: the text received and each text said in answer to it."""
    statement = text("""
        select c.id as cid, c.address_enc, i.id as iid, i.body_enc as heard, o.id as oid,
            o.body_enc as said, o.seq
        from inbox i join conversation c on c.id = i.conversation_id
        left join outbox o on o.inbox_id = i.id order by c.id, i.seq, o.seq
        """)
    found: dict[str, list[tuple[str, str]]] = {}
    async with db.engine.connect() as connection:
        for row in await connection.execute(statement):
            address = db.crypto.open("conversation", "address", row.cid, row.address_enc).decode()
            if address not in address_of:
                continue
            heard = db.crypto.open_json("inbox", "body", row.iid, row.heard)["text"]
            said = db.crypto.open_json("outbox", "body", row.oid, row.said)["text"]
            found.setdefault(address, []).append((heard, said))
    return found


def expected(heard: list[str]) -> list[tuple[str, str]]:
    """What the counting core says to these texts, in this order."""
    wanted = []
    for count, each in enumerate(heard, 1):
        found = {"read": "seen", "status": "nothing"}.get(each.split()[0], "-")
        wanted += [(each, f"{count}:{each}:{found}")] * (2 if each == "twice" else 1)
    return wanted


async def test_every_interleaving_answers_each_message_once_and_in_order(
    db: Database, other_db: Database, settings: Settings
) -> None:
    chance = random.Random(20251103)

    async def understand(asked: str) -> Understood:
        await asyncio.sleep(chance.random() * 0.004)
        return Understood("seen", "seen", 1.0)

    handlers = [handler(each, settings, understand) for each in (db, other_db)]

    async def deliver(sent: InboundMessage) -> None:
        await asyncio.sleep(chance.random() * 0.004)
        await chance.choice(handlers).receive(sent)

    sent_to: dict[str, list[str]] = {}
    for _ in range(ROUNDS):
        phone = new_phone()
        batch = [message(chance.choice(WORDS), phone) for _ in range(chance.randint(2, 4))]
        repeats = [each for each in batch if chance.random() < 0.3]
        await asyncio.gather(*(deliver(each) for each in batch + repeats))
        sent_to[phone] = [each.inbound.text for each in batch]
    found = await answers(db, dict.fromkeys(sent_to, ""))
    for phone, texts in sent_to.items():
        heard = _once(found[phone])
        assert Counter(heard) == Counter(texts)
        assert found[phone] == expected(heard)


async def test_two_deliveries_of_a_first_message_at_once_make_one_conversation(
    db: Database, other_db: Database, settings: Settings
) -> None:
    one, two = handler(db, settings), handler(other_db, settings)
    for _ in range(20):
        first = message("salam", new_phone())
        turns = await asyncio.gather(one.receive(first), two.receive(first))
        assert sorted(turn.repeat for turn in turns) == [False, True]
        assert turns[0].replies == turns[1].replies


def _once(pairs: list[tuple[str, str]]) -> list[str]:
    """The texts heard, each message once although "twice" was answered by two."""
    seen: list[tuple[str, str]] = []
    for pair in pairs:
        if not (seen and pair == seen[-1] and pair[0] == "twice"):
            seen.append(pair)
    return [heard for heard, _ in seen]
