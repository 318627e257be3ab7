"""The sandbox register on loopback: one a module, each with a filled database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.local.services import Endpoints
from tests.support.sandbox import Sandbox, prepare_template, register_database, running_sandbox


@pytest.fixture(scope="session")
def filled_register(services: Endpoints) -> Endpoints:
    """The services, with a filled register to copy from."""
    prepare_template(services)
    return services


@pytest.fixture(scope="module")
def register_url(filled_register: Endpoints) -> Iterator[str]:
    """A register's database that only this module uses."""
    with register_database(filled_register) as url:
        yield url


@pytest.fixture(scope="module")
def running(register_url: str) -> Iterator[Sandbox]:
    """The module's sandbox register."""
    with running_sandbox(register_url) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The module's sandbox register, without faults before and after."""
    running.faults()
    yield running
    running.faults()
