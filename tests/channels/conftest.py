"""A gateway with the counting core, one for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.local.services import Endpoints
from tests.support.gateway import COUNTING, Gateway, gateway_settings, running_gateway
from tests.support.services import service_folder


@pytest.fixture(scope="module")
def gateway(services: Endpoints, database_url: str) -> Iterator[Gateway]:
    with service_folder() as folder:
        settings = gateway_settings(folder, services, database_url)
        with running_gateway(settings, database_url, COUNTING) as running:
            yield running
