"""A declaration stopped on one phone and taken up on another, on the real database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from actions.core import Core, real_core
from actions.handle_message import MessageHandler
from actions.messages import InboundMessage, Turn
from actions.privacy import erase, export_sender
from bot.answers.resume_code import is_resume_code
from bot.dialogue.messages import Channel, Facts, Inbound, Need, Understood, World
from bot.dialogue.state import Draft, State
from bot.dialogue.turn import Outcome
from integrations.database.engine import Database, open_database
from integrations.database.resume_codes import WRONG_A_DAY, WRONG_AN_HOUR
from integrations.database.retention import erase_expired
from integrations.platform.clock import CASABLANCA, SetClock
from integrations.platform.crypto import Crypto
from integrations.platform.ids import new_id, new_resume_code
from integrations.platform.settings import Settings
from tests.dialogue.births import FRENCH
from tests.support.counting import new_phone

pytestmark = pytest.mark.database
MORNING = datetime(2025, 11, 21, 10, 0, tzinfo=CASABLANCA)
WRONG, GONE = "pas reconnu", "plus gardée"


async def understand(asked: str) -> Understood:
    """Every text that is not an answer tells of a birth."""
    return Understood("declare_birth", "declare_birth", 0.95)


@pytest.fixture
def clock() -> SetClock:
    """Stands until it is moved."""
    return SetClock(MORNING, ticking=False)


@pytest.fixture
def turns(db: Database, settings: Settings, clock: SetClock) -> MessageHandler:
    """The turn with the core that citizens meet."""
    return MessageHandler(db, real_core(), settings, clock, understand)


@pytest.fixture
async def elsewhere(
    database_url: str, crypto: Crypto, settings: Settings, clock: SetClock
) -> AsyncIterator[MessageHandler]:
    """The same service as another process runs it."""
    opened = open_database(database_url, crypto)
    yield MessageHandler(opened, real_core(), settings, clock, understand)
    await opened.close()


class Citizen:
    """Somebody at a telephone."""

    def __init__(self, turns: MessageHandler, clock: SetClock, channel: Channel = "sms") -> None:
        self.address = new_phone() if channel == "sms" else f"web:{new_id()}"
        self.turns, self.clock, self.channel = turns, clock, channel
        self.turn: Turn | None = None

    async def say(self, words: str) -> str:
        """Send a message; what came back."""
        provider = "twilio" if self.channel == "sms" else "web"
        message = InboundMessage(
            channel=self.channel,
            provider=provider,
            provider_id=str(new_id()),
            address=self.address,
            inbound=Inbound(words),
            received_at=self.clock.now(),
            inline=self.channel == "web",
        )
        self.turn = await self.turns.receive(message)
        assert self.turn.is_done
        return "\n".join(reply.text for reply in self.turn.replies)

    async def fill(self) -> str:
        """Fill a birth up to its review and stop there; the resume code."""
        for typed in ("je veux déclarer une naissance", "1", *FRENCH.values()):
            said = await self.say(typed)
        assert "Ilyas" in said
        return await self.code()

    async def code(self) -> str:
        """Stop, and read the resume code."""
        found = re.search(r"(\d{4}) (\d{4})", (await self.say("pause")).replace("\u2068", ""))
        assert found
        return "".join(found.groups())

    async def take_up(self, code: str) -> str:
        """Type the code and then the proof."""
        await self.say("français")
        assert "CNIE" in await self.say(f"code {code}")
        return await self.say("4511")


async def rows(db: Database, statement: str, **parameters: object) -> list[Any]:
    async with db.engine.connect() as connection:
        return list((await connection.execute(text(statement), parameters)).all())


async def test_what_was_begun_by_sms_is_sent_from_the_page(
    db: Database, turns: MessageHandler, clock: SetClock
) -> None:
    mother, page = Citizen(turns, clock), Citizen(turns, clock, "web")
    code = await mother.fill()
    assert "numéro de téléphone" in await page.take_up(code)  # a page has none of its own
    assert "إلياس" in await page.say("0612345678")
    assert "Dossier" in await page.say("oui")
    assert "envoyée depuis un autre téléphone" in await mother.say("oui")
    await mother.say("1")
    assert "dossier" in await mother.say("4511")
    sent = await rows(
        db,
        "select p.id from pre_declaration p join conversation c on c.draft_id = p.draft_id"
        " where c.address_index = :a",
        a=db.crypto.blind("address", mother.address),
    )
    assert len(sent) == 1


async def test_the_code_is_nowhere_in_the_clear(
    db: Database, turns: MessageHandler, clock: SetClock
) -> None:
    code = await Citizen(turns, clock).fill()
    found = await rows(
        db, "select draft_id from resume_code where code_index = :i", i=_index(db, code)
    )
    assert len(found) == 1
    for table in ("draft", "resume_code", "effect", "conversation", "inbox", "outbox"):
        stored = await rows(db, f"select t::text as cells from {table} t")  # noqa: S608
        assert not [row for row in stored if code in row.cells or code.encode().hex() in row.cells]


def _index(db: Database, code: str) -> bytes:
    return db.crypto.blind("resume_code", code)


async def test_the_same_code_is_said_again_and_opens(
    turns: MessageHandler, clock: SetClock
) -> None:
    mother = Citizen(turns, clock)
    code = await mother.fill()
    clock.set(MORNING + timedelta(hours=5))
    assert await mother.code() == code
    assert "Ilyas" in await Citizen(turns, clock).take_up(code)


async def test_the_two_take_turns_and_nothing_is_lost(
    turns: MessageHandler, elsewhere: MessageHandler, clock: SetClock
) -> None:
    one, two = Citizen(turns, clock), Citizen(elsewhere, clock)
    code = await one.fill()
    await two.take_up(code)
    await two.say("5")
    await two.say("Yahya")
    assert "continue sur un autre téléphone" in await one.say("5")
    await one.say("1")
    assert "Yahya" in await one.say("4511")
    assert "continue sur un autre téléphone" in await two.say("oui")


async def test_both_pressing_send_at_once_send_one(
    db: Database, turns: MessageHandler, elsewhere: MessageHandler, clock: SetClock
) -> None:
    for _ in range(8):
        one, two = Citizen(turns, clock), Citizen(elsewhere, clock)
        code = await one.fill()
        await one.say("résumé")
        await asyncio.gather(one.say("oui"), two.take_up(code))
        await asyncio.gather(one.say("oui"), two.say("oui"))
        found = await rows(
            db,
            "select count(*) as sent from pre_declaration where draft_id ="
            " (select draft_id from resume_code where code_index = :i)",
            i=_index(db, code),
        )
        assert found[0].sent == 1


async def test_a_code_typed_while_the_first_goes_on_writing_overwrites_nothing(
    turns: MessageHandler, elsewhere: MessageHandler, clock: SetClock
) -> None:
    for name in ("Yahya", "Adam", "Anas", "Nizar"):
        one, two = Citizen(turns, clock), Citizen(elsewhere, clock)
        code = await one.fill()
        await one.say("résumé")
        await one.say("5")
        await two.say("français")
        await asyncio.gather(one.say(name), two.say(f"code {code}"))
        assert name in await two.say("4511")


async def test_two_phones_that_take_each_others_declaration_both_get_it(
    turns: MessageHandler, elsewhere: MessageHandler, clock: SetClock
) -> None:
    for _ in range(10):
        one, two = Citizen(turns, clock), Citizen(elsewhere, clock)
        codes = [await one.fill(), await two.fill()]
        await asyncio.gather(one.say(f"code {codes[1]}"), two.say(f"code {codes[0]}"))
        said = await asyncio.gather(one.say("2"), two.say("2"))
        assert all("CNIE" in each for each in said)
        said = await asyncio.gather(one.say("4511"), two.say("4511"))
        assert all("Ilyas" in each for each in said)


async def test_wrong_codes_are_limited_by_the_hour_and_the_day(
    turns: MessageHandler, clock: SetClock
) -> None:
    code = await Citizen(turns, clock).fill()
    thief = Citizen(turns, clock)
    await thief.say("français")
    tried = 0
    for hour in range(WRONG_A_DAY // WRONG_AN_HOUR):
        clock.set(MORNING + timedelta(minutes=61 * hour))
        for _ in range(WRONG_AN_HOUR):
            assert WRONG in await thief.say(f"code {_wrong(code)}")
            tried += 1
        assert WRONG in await thief.say(f"code {code}")
    assert tried == WRONG_A_DAY
    clock.set(MORNING + timedelta(hours=20))
    assert WRONG in await thief.say(f"code {code}")
    clock.set(MORNING + timedelta(hours=25))
    assert "CNIE" in await thief.say(f"code {code}")


def _wrong(code: str) -> str:
    while True:
        drawn = new_resume_code()
        if drawn != code and is_resume_code(drawn):
            return drawn


async def test_a_right_code_costs_no_try_and_another_phone_may_still_try(
    turns: MessageHandler, clock: SetClock
) -> None:
    code = await Citizen(turns, clock).fill()
    blocked, other = Citizen(turns, clock), Citizen(turns, clock)
    await blocked.say("français")
    for _ in range(WRONG_AN_HOUR):
        await blocked.say(f"code {_wrong(code)}")
    assert WRONG in await blocked.say(f"code {code}")
    assert "Ilyas" in await other.take_up(code)


async def test_it_lives_as_long_as_was_said_and_no_longer(
    db: Database, turns: MessageHandler, settings: Settings, clock: SetClock
) -> None:
    mother = Citizen(turns, clock)
    code = await mother.fill()
    clock.set(MORNING + timedelta(days=settings.resume_days - 1))
    await erase_expired(db, settings, clock.now())
    assert "pas finie" in await mother.say("bonjour")
    assert "on continue" in await Citizen(turns, clock).take_up(code)
    clock.set(MORNING + timedelta(days=3 * settings.resume_days))
    late = Citizen(turns, clock)
    await late.say("français")
    assert WRONG in await late.say(f"code {code}")  # before any sweep
    counts = await erase_expired(db, settings, clock.now())
    assert counts["resume_codes"] >= 1
    assert not await rows(db, "select from resume_code where code_index = :i", i=_index(db, code))
    assert "pas finie" not in await mother.say("bonjour")


async def test_without_a_code_a_draft_lives_a_week(
    db: Database, turns: MessageHandler, settings: Settings, clock: SetClock
) -> None:
    mother = Citizen(turns, clock)
    await mother.say("je veux déclarer une naissance")
    await mother.say("1")
    clock.set(MORNING + timedelta(days=settings.draft_days, minutes=1))
    await erase_expired(db, settings, clock.now())
    assert "pas finie" not in await mother.say("bonjour")


@pytest.mark.parametrize("who", ["the first", "the second"])
async def test_forgetting_on_either_phone_erases_it_for_both(
    db: Database, turns: MessageHandler, clock: SetClock, who: str
) -> None:
    one, two = Citizen(turns, clock), Citizen(turns, clock)
    code = await one.fill()
    await two.take_up(code)
    forgets, other = (one, two) if who == "the first" else (two, one)
    await forgets.say("effacer")
    await forgets.say("oui")
    assert GONE in await other.say("résumé")
    third = Citizen(turns, clock)
    await third.say("français")
    assert WRONG in await third.say(f"code {code}")
    assert not await rows(db, "select from resume_code where code_index = :i", i=_index(db, code))


async def test_who_only_typed_the_code_erases_nothing_of_the_other(
    db: Database, turns: MessageHandler, clock: SetClock
) -> None:
    one, stranger = Citizen(turns, clock), Citizen(turns, clock)
    code = await one.fill()
    await stranger.say("français")
    await stranger.say(f"code {code}")
    assert (await export_sender(db, stranger.address))["drafts"] == []
    await stranger.say("effacer")
    await stranger.say("oui")
    await erase(db, stranger.address, clock.now())
    assert "Ilyas" in await one.say("résumé")
    assert "Ilyas" in await Citizen(turns, clock).take_up(code)


async def test_what_is_held_of_a_person_includes_what_they_took_up(
    db: Database, turns: MessageHandler, clock: SetClock
) -> None:
    one, two = Citizen(turns, clock), Citizen(turns, clock)
    await two.take_up(await one.fill())
    for citizen in (one, two):
        [draft] = (await export_sender(db, citizen.address))["drafts"]
        assert draft["body"]["frame"]["values"]["child_given_name_latin"] == "Ilyas"
    assert await erase(db, two.address, clock.now()) == 1
    assert GONE in await one.say("résumé")


async def test_a_code_that_is_taken_is_drawn_again(
    db: Database, settings: Settings, turns: MessageHandler, clock: SetClock
) -> None:
    taken, free = await Citizen(turns, clock).fill(), _wrong("")
    drawn, real = iter([taken, taken, free]), real_core()

    def unlucky(
        state: State, draft: Draft | None, inbound: Inbound, facts: Facts, world: World
    ) -> Outcome | Need:
        drawing = replace(world, new_resume_code=lambda: next(drawn))
        return real.advance(state, draft, inbound, facts, drawing)

    handler = MessageHandler(db, Core(unlucky, real.word), settings, clock, understand)
    assert await Citizen(handler, clock).fill() == free
    assert "Ilyas" in await Citizen(turns, clock).take_up(free)
