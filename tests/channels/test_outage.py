"""PostgreSQL or Valkey away: what callers are told meanwhile, and that nothing is lost."""

from __future__ import annotations

import asyncio

import pytest

from integrations.local.services import Endpoints
from integrations.platform.settings import Settings
from tests.support.gateway import COUNTING, Gateway, fixture, gateway_settings, running_gateway
from tests.support.outage import database_away
from tests.support.provider import Provider, running_provider
from tests.support.serving import eventually
from tests.support.worker import running_worker, soon, telephone, texts

pytestmark = pytest.mark.database
WEBHOOK = "/channels/sms/twilio"


async def test_what_came_while_the_database_was_away_is_answered_when_it_returns(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    async with running_worker(gateway):
        with database_away(gateway):
            sid = await asyncio.to_thread(provider.type, "salam", phone)
            await soon(lambda: provider.message(sid).webhook == "refused")
            await asyncio.sleep(0.5)
        await soon(lambda: texts(provider, phone) == ["1:salam:-"])
        after = await asyncio.to_thread(provider.type, "again", phone)
        await soon(lambda: provider.message(after).webhook == "taken")
        await soon(lambda: texts(provider, phone) == ["1:salam:-", "2:again:-"])


def test_without_the_database_a_webhook_gets_503_with_a_code(gateway: Gateway) -> None:
    fields = fixture("message", MessageSid="SM" + "6" * 32)
    with database_away(gateway):
        answer = gateway.post(WEBHOOK, fields)
        assert (answer.status_code, answer.json()) == (503, {"code": "database_unavailable"})
        ready = gateway.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "unavailable")
        assert gateway.get("/healthz").status_code == 200
        assert "hala_messages_waiting NaN" in gateway.get("/metrics").text
    assert gateway.post(WEBHOOK, fields).status_code == 200
    eventually(lambda: gateway.get("/readyz").status_code == 200)


@pytest.fixture
def without_valkey(gateway: Gateway) -> Settings:
    """Settings of a gateway on the same data whose Valkey does not answer."""
    folder = gateway.settings.data_dir
    nowhere = Endpoints(gateway.database_url, f"unix://{folder}/nobody.sock")
    return gateway_settings(folder, nowhere, gateway.database_url)


async def test_without_valkey_everything_goes_on(
    without_valkey: Settings, database_url: str
) -> None:
    webhook = without_valkey.base_url + WEBHOOK
    phone = telephone()
    with (
        running_gateway(without_valkey, database_url, COUNTING) as gateway,
        running_provider(webhook, without_valkey.simulator_port) as provider,
    ):
        async with running_worker(gateway):
            await asyncio.to_thread(provider.type, "salam", phone)
            await soon(lambda: texts(provider, phone) == ["1:salam:-"])
        ready = await asyncio.to_thread(gateway.get, "/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ok",
        "database": "ok",
        "understanding": "degraded",
        "valkey": "degraded",
    }
