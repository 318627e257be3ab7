"""Several gateways, none, and what is away: a page loses nothing and shows nothing twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import WebSocketException

from actions.core import real_core
from channels.cli.processes import Plans
from integrations.local.services import Endpoints
from integrations.platform.settings import Settings
from tests.integrations.understanding.imitation import Imitation, imitation
from tests.support.gateway import COUNTING, Gateway, gateway_settings, running_gateway
from tests.support.outage import database_away
from tests.support.processes import nursery, running_process
from tests.support.services import fresh_database, service_folder
from tests.support.web_page import Frame, Page, Socket, replies, saids
from tests.support.worker import running_worker, soon

pytestmark = [pytest.mark.database, pytest.mark.timeout(240)]
SEED = int(os.environ.get("KILL_SEED", "20261122"))
KILLS = 6


@pytest.fixture
def page(gateway: Gateway) -> Page:
    """A browser nobody has used yet."""
    return Page(gateway.settings)


def beside(gateway: Gateway, services: Endpoints, **values: object) -> Settings:
    """Settings of one more gateway on the same data."""
    return gateway_settings(gateway.settings.data_dir, services, gateway.database_url, **values)


def elsewhere(page: Page, settings: Settings) -> Page:
    """The same browser, whose requests another gateway takes."""
    return Page(settings, cookies=page.cookies)


async def test_another_gateway_is_rung_at_once(
    gateway: Gateway, services: Endpoints, page: Page
) -> None:
    await page.begin()
    with running_gateway(beside(gateway, services), gateway.database_url, COUNTING) as second:
        there = elsewhere(page, second.settings)
        async with page.socket() as here, there.socket() as other:
            await asyncio.sleep(1.2)  # until the second listens to rings
            began = time.monotonic()
            for text in ("a", "read b", "twice"):
                mine = replies(await here.say(text))
                theirs = await other.until("reply")
                theirs += await other.until("panel")
                assert (replies(theirs), saids(theirs)) == (mine, [text])
            assert time.monotonic() - began < 2
            # A look at the database may have brought one more panel before.
            answer = replies(await other.say("back")) or replies(await other.until("reply"))
            assert answer == [(5, "4:back:-")]
            assert replies(await here.until("reply")) == [(5, "4:back:-")]
            await page.post("/chat/end")
            assert await other.next("ended") == {"type": "ended", "reason": "closed"}


async def test_without_valkey_they_ask_the_database(
    gateway: Gateway, services: Endpoints, page: Page
) -> None:
    nothing = replace(services, redis_url=None)
    first, second = beside(gateway, nothing), beside(gateway, nothing)
    with (
        running_gateway(first, gateway.database_url, COUNTING),
        running_gateway(second, gateway.database_url, COUNTING),
    ):
        here, there = elsewhere(page, first), elsewhere(page, second)
        await here.begin()
        async with here.socket() as one, there.socket() as other:
            for text in ("a", "read b", "c"):
                mine = replies(await one.say(text))
                theirs = await other.until("panel")
                assert (replies(theirs), saids(theirs)) == (mine, [text])
            for number in range(17):
                assert replies(await one.say(f"m{number}"))
            [refused] = await one.say("one too many")
            assert refused["code"] == "too_fast"


async def test_a_valkey_that_goes_away_changes_nothing(
    gateway: Gateway, services: Endpoints, page: Page
) -> None:
    nowhere = replace(services, redis_url=f"unix://{gateway.settings.data_dir}/nobody.sock")
    with running_gateway(beside(gateway, nowhere), gateway.database_url, COUNTING) as alone:
        here = elsewhere(page, alone.settings)
        await here.begin()
        async with here.socket() as one, here.socket() as other:
            assert replies(await one.say("salam")) == [(1, "1:salam:-")]
            assert replies(await other.until("reply")) == [(1, "1:salam:-")]


async def test_while_the_database_is_away_the_page_keeps_the_message(
    gateway: Gateway, page: Page
) -> None:
    await page.begin()
    message_id = str(uuid4())
    async with page.socket() as socket:
        await socket.say("before")
        with database_away(gateway):
            [refused] = await socket.say("kept", message_id)
            assert (refused["code"], refused["id"]) == ("unavailable", message_id)
            assert "appareil" in refused["message"]
            assert await page.close_code() == 1013
            polled = await page.say("kept", message_id)
            assert polled.status_code == 503
        await soon(lambda: gateway.get("/readyz").status_code == 200)
        assert replies(await socket.say("kept", message_id)) == [(2, "2:kept:-")]
    assert saids((await page.begin())["entries"]) == ["before", "kept"]


async def test_after_half_an_hour_by_the_clock_nothing_is_shown(
    gateway: Gateway, services: Endpoints, page: Page
) -> None:
    await page.begin("ar")
    await page.say("my secret")
    # Who comes back at minute 29 is there again: the next silence counts from then.
    for minutes, shown in ((29, 2), (58, 2), (90, 0)):
        later = datetime.now(UTC) + timedelta(minutes=minutes)
        settings = beside(gateway, services, clock=later)
        with running_gateway(settings, gateway.database_url, COUNTING):
            hello = await elsewhere(page, settings).begin("ar")
            assert len(hello["entries"]) == shown
    assert hello["panel"]["language"] == "ar"


@pytest.fixture
def slow_understanding() -> Iterator[Imitation]:
    """An understanding that takes its time."""
    with imitation() as understanding:
        understanding.body = {"intent": {"name": "greet", "confidence": 0.9}, "entities": []}
        understanding.delay = 0.15
        yield understanding


@pytest.fixture
def killable(services: Endpoints, slow_understanding: Imitation) -> Iterator[Gateway]:
    """Where gateway processes shall run."""
    with service_folder() as folder, fresh_database(services) as database_url:
        settings = gateway_settings(
            folder, services, database_url, understanding_url=slow_understanding.base_url
        )
        yield Gateway(settings, database_url)


def is_up(gateway: Gateway) -> bool:
    """Whether the gateway answers."""
    try:
        return gateway.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


class Phone:
    """A page as its own script keeps it: what it showed by number, and what is not stored yet."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.shown: dict[int, str] = {}
        self.twice: list[Frame] = []
        self.unsent: dict[str, str] = {}

    async def talk_until_cut(self, text: str) -> None:
        """Say it; the line may break at any time."""
        self.unsent[str(uuid4())] = text
        try:
            async with self.page.socket(max(self.shown, default=0), wait_for_hello=False) as line:
                await self._follow(line)
        except (WebSocketException, OSError):
            return

    async def _follow(self, line: Socket) -> None:
        while True:
            frame = await line.next()
            if frame["type"] == "hello":
                for entry in frame["entries"]:
                    self._take(entry)
                for message_id, text in self.unsent.items():
                    await line.send({"type": "say", "id": message_id, "text": text})
            self._take(frame)
            if frame["type"] == "panel" and not self.unsent:
                return

    def _take(self, frame: Frame) -> None:
        if frame["type"] == "stored":
            self.unsent.pop(frame["id"], None)
        if frame["type"] == "reply":
            if frame["seq"] in self.shown:
                self.twice.append(frame)
            self.shown[frame["seq"]] = frame["text"]


async def test_killed_at_random_nothing_is_lost_and_nothing_said_twice(killable: Gateway) -> None:
    chance = random.Random(SEED)
    phones = [Phone(Page(killable.settings)) for _ in range(8)]
    met = 0
    texts = [[f"{chance.choice(('salam', 'read'))} {n}" for n in range(KILLS)] for _ in phones]
    with nursery(killable.settings, "gateway") as gateways:
        await asyncio.to_thread(gateways.start)
        await soon(lambda: is_up(killable), 60)
        await asyncio.gather(*(phone.page.begin() for phone in phones))
        async with running_worker(killable):
            for number in range(KILLS):
                talking = [
                    asyncio.create_task(phone.talk_until_cut(said[number]))
                    for phone, said in zip(phones, texts, strict=True)
                ]
                await asyncio.sleep(chance.uniform(0, 0.3))
                await asyncio.to_thread(gateways.kill)
                await asyncio.gather(*talking)
                met += sum(len(phone.shown) <= number for phone in phones)
                await asyncio.to_thread(gateways.start)
                await soon(lambda: is_up(killable), 60)
            for phone, said in zip(phones, texts, strict=True):
                await settle(phone, len(said))
                heard = [text.rsplit(":", 1)[0] for _, text in sorted(phone.shown.items())]
                assert sorted(each.partition(":")[2] for each in heard) == sorted(said), SEED
                assert [int(each.partition(":")[0]) for each in heard] == [*range(1, KILLS + 1)]
                assert phone.twice == []
                assert phone.unsent == {}
    assert met, f"seed {SEED} killed nothing in the middle: choose another"


async def settle(phone: Phone, count: int) -> None:
    """Until the page has every answer, by plain requests as well."""
    for message_id, text in list(phone.unsent.items()):
        assert (await phone.page.say(text, message_id)).status_code == 200
        del phone.unsent[message_id]
    deadline = time.monotonic() + 40
    while len(phone.shown) < count:
        assert time.monotonic() < deadline, f"seed {SEED}"
        after = max(phone.shown, default=0)
        polled = await phone.page.get(f"/chat/messages?after={after}&wait=2")
        for entry in polled.json()["entries"]:
            phone._take(entry)


async def test_what_a_worker_answered_reaches_the_open_line(
    killable: Gateway, slow_understanding: Imitation
) -> None:
    slow_understanding.delay = 1.5
    page, message_id = Page(killable.settings), str(uuid4())
    with nursery(killable.settings, "gateway") as gateways:
        await asyncio.to_thread(gateways.start)
        await soon(lambda: is_up(killable), 60)
        await page.begin()
        async with page.socket() as socket:
            await socket.send({"type": "say", "id": message_id, "text": "read this"})
            assert await socket.next() == {"type": "stored", "id": message_id}
            await asyncio.to_thread(gateways.kill)
        slow_understanding.delay = 0.0
        await asyncio.to_thread(gateways.start)
        await soon(lambda: is_up(killable), 60)
        async with page.socket() as socket:
            assert saids(socket.hello["entries"]) == ["read this"]
            assert replies(socket.hello["entries"]) == []
            async with running_worker(killable):
                assert replies(await socket.until("panel")) == [(1, "1:read this:greet")]


async def test_a_gateway_that_ends_says_so_and_ends_soon(
    killable: Gateway, services: Endpoints
) -> None:
    _, _, module, *words = Plans(killable.settings, services).gateway().command
    page = Page(killable.settings)
    with running_process(killable.settings, module, *words) as process:
        await soon(lambda: is_up(killable), 60)
        await page.begin()
        async with page.socket() as socket:
            polling = asyncio.create_task(page.get("/chat/messages?after=0&wait=20"))
            await asyncio.sleep(0.5)
            began = time.monotonic()
            process.popen.send_signal(signal.SIGTERM)
            assert await socket.closed() == 1012
            await asyncio.to_thread(process.popen.wait, 5)
            assert "Exception" not in process.log.read_text()
            assert time.monotonic() - began < 5
        answer = await polling
        assert (answer.status_code, answer.json()["entries"]) == (200, [])


async def test_the_core_that_citizens_meet_speaks_through_it(services: Endpoints) -> None:
    with service_folder() as folder, fresh_database(services) as database_url:
        settings = gateway_settings(folder, services, database_url)
        with running_gateway(settings, database_url, real_core()):
            page = Page(settings)
            assert (await page.begin("fr"))["panel"]["flow"] is None
            async with page.socket() as socket:
                frames = await socket.say("", choice="do:start_declare_birth")
                assert frames[-1]["panel"]["flow"] == "declare_birth"
                [reply, *_] = [frame for frame in frames if frame["type"] == "reply"]
                assert reply["choices"]
                assert "\n" in reply["text"]
            hello = await page.begin("fr")
            assert hello["panel"] == frames[-1]["panel"]
            assert [entry["type"] for entry in hello["entries"]][:2] == ["said", "reply"]
