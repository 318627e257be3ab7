"""The webhook, and the whole way: a worker that transmits, follows the feed and is woken for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from actions.jobs.register_feed import POLL_SECONDS, WAKE_CHANNEL
from channels.register import WEBHOOK
from integrations.database.engine import Database, open_database
from integrations.local.services import Endpoints
from integrations.platform.crypto import Crypto
from integrations.platform.keys import load_keys
from integrations.register.sandbox.webhooks import signature
from integrations.register.signature import HEADER, sign, signed_at
from integrations.valkey.client import Bell, Valkey
from tests.support.gateway import COUNTING, Gateway, gateway_settings, running_gateway
from tests.support.records import NOW, Declared, declare
from tests.support.sandbox import CLIENT, SECRET, WEBHOOK_SECRET, Sandbox, running_sandbox
from tests.support.services import service_folder
from tests.support.serving import free_port
from tests.support.worker import running_worker

pytestmark = pytest.mark.database
BODY = b'{"cursor": 7}'


@pytest.fixture(scope="module")
def hinting(register_url: str) -> Iterator[tuple[Sandbox, int]]:
    """A sandbox that posts its webhooks to a gateway's port."""
    port = free_port()
    webhook = f"http://127.0.0.1:{port}{WEBHOOK}"
    with running_sandbox(register_url, webhook_url=webhook) as sandbox:
        yield sandbox, port


@pytest.fixture(scope="module")
def gateway(
    services: Endpoints, database_url: str, hinting: tuple[Sandbox, int]
) -> Iterator[Gateway]:
    sandbox, port = hinting
    with service_folder() as folder:
        settings = gateway_settings(
            folder,
            services,
            database_url,
            register_url=sandbox.base,
            register_client_id=CLIENT,
            register_client_secret=SECRET,
            register_webhook_secret=WEBHOOK_SECRET,
        ).model_copy(update={"port": port})
        with running_gateway(settings, database_url, COUNTING) as running:
            yield running


@pytest.fixture
async def own(gateway: Gateway) -> AsyncIterator[Database]:
    """The gateway's database under its keys."""
    crypto = Crypto(load_keys(gateway.settings.keys_path))
    opened = open_database(gateway.database_url, crypto)
    yield opened
    await opened.close()


def post(gateway: Gateway, header: str | None, body: bytes = BODY) -> httpx.Response:
    """A webhook, as anybody may post it."""
    headers = {} if header is None else {HEADER: header}
    return httpx.post(
        gateway.settings.base_url + WEBHOOK, content=body, headers=headers, trust_env=False
    )


def signed(ago: int = 0, secret: str = WEBHOOK_SECRET, body: bytes = BODY) -> str:
    """A header made so many seconds ago."""
    return sign(body, secret, int(time.time()) - ago)


def test_a_signed_hint_rings_once(gateway: Gateway, services: Endpoints) -> None:
    async def rung(header: str) -> tuple[int, bool]:
        valkey = Valkey(services.redis_url)
        bell = Bell(valkey, WAKE_CHANNEL)
        await bell.wait(0.2)
        answer = await asyncio.to_thread(post, gateway, header)
        heard = await bell.wait(1)
        await bell.close()
        await valkey.close()
        return answer.status_code, heard

    header = signed(1)
    assert asyncio.run(rung(header)) == (204, True)
    assert asyncio.run(rung(header)) == (403, False)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: None, "register.missing_signature"),
        (lambda: "", "register.missing_signature"),
        (lambda: "t=1,v1=abc", "register.bad_signature"),
        (lambda: signed(secret="another"), "register.bad_signature"),
        (lambda: signed(body=b'{"cursor": 8}'), "register.bad_signature"),
        (lambda: signed(400), "register.stale_signature"),
        (lambda: signed(-400), "register.stale_signature"),
        (lambda: signed() + ",v1=" + "0" * 64, "register.bad_signature"),
    ],
)
def test_a_forged_or_old_hint_is_refused(
    gateway: Gateway, made: Callable[[], str | None], code: str
) -> None:
    answer = post(gateway, made())
    assert (answer.status_code, answer.json()["code"]) == (403, code)


def test_a_hint_replayed_is_refused(gateway: Gateway) -> None:
    header = signed(30)
    assert post(gateway, header).status_code == 204
    again = post(gateway, header)
    assert (again.status_code, again.json()["code"]) == (403, "register.replayed")


def test_both_sides_sign_alike() -> None:
    header = signature(WEBHOOK_SECRET, BODY, NOW)
    assert header == sign(BODY, WEBHOOK_SECRET, int(NOW.timestamp()))
    assert signed_at(header, BODY, WEBHOOK_SECRET) == int(NOW.timestamp())
    assert signed_at(header, BODY, "") is None


async def test_what_an_officer_does_is_known_before_the_next_poll(
    gateway: Gateway, own: Database, hinting: tuple[Sandbox, int]
) -> None:
    sandbox, _ = hinting
    declared = await declare(own)
    async with running_worker(gateway):
        await status_is(declared, "transmitted")
        await asyncio.sleep(1)  # the hints about that are past
        began = time.monotonic()
        await asyncio.to_thread(sandbox.officer, declared.reference, "open")
        await status_is(declared, "opened")
        assert time.monotonic() - began < POLL_SECONDS / 2


async def status_is(declared: Declared, wanted: str) -> None:
    """Wait until the record has come so far."""
    for _ in range(400):
        if (await declared.row()).status == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(wanted)


async def test_a_register_that_goes_away_keeps_nobody_from_working(
    gateway: Gateway, own: Database, hinting: tuple[Sandbox, int]
) -> None:
    sandbox, _ = hinting
    sandbox.faults(down=1.0)
    declared = await declare(own)
    async with running_worker(gateway) as worker:
        await asyncio.sleep(1)
        assert await worker.sweep() == 0
        waiting = await asyncio.to_thread(
            gateway.rows,
            "select status::text from procrastinate_jobs where queue_name = 'register'",
        )
        assert waiting in ([("todo",)], [("doing",)])
        sandbox.faults()
    assert (await declared.row()).status in ("submitted", "transmitted")
    gateway.execute("update procrastinate_jobs set scheduled_at = now()")
    async with running_worker(gateway):
        await status_is(declared, "transmitted")
