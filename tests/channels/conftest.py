"""A gateway with the counting core, one for each module, and the provider it talks to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.local.services import Endpoints
from tests.support.gateway import COUNTING, Gateway, gateway_settings, running_gateway
from tests.support.provider import Provider, good_day, running_provider
from tests.support.services import service_folder


@pytest.fixture(scope="module")
def gateway(services: Endpoints, database_url: str) -> Iterator[Gateway]:
    with service_folder() as folder:
        settings = gateway_settings(folder, services, database_url)
        with running_gateway(settings, database_url, COUNTING) as running:
            yield running


@pytest.fixture(scope="module")
def one_provider(gateway: Gateway) -> Iterator[Provider]:
    webhook = f"{gateway.settings.base_url}/channels/sms/twilio#rc=2&rp=all"
    with running_provider(webhook, gateway.settings.simulator_port) as running:
        yield running


@pytest.fixture
def provider(one_provider: Provider) -> Iterator[Provider]:
    """The provider on a good day; a test may spoil it."""
    yield from good_day(one_provider)
