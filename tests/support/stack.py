"""The whole service as processes: gateway, worker, simulator, a database of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx

from integrations.local.services import Endpoints
from tests.support.gateway import Gateway, gateway_settings
from tests.support.phone import FRIDAY
from tests.support.processes import running_process
from tests.support.provider import SID, TOKEN, Provider, running_provider
from tests.support.services import fresh_database, service_folder
from tests.support.serving import eventually

PATIENCE_SECONDS = 60.0
GATEWAY = ("uvicorn", "channels.app:create_app", "--factory", "--log-level", "critical")


@dataclass
class Service:
    """Everything a citizen's telephone reaches."""

    gateway: Gateway
    provider: Provider
    processes: GatewayProcess

    def num_segments(self, sid: str) -> int:
        """What the provider counts for a message it took."""
        url = f"{self.provider.url}/2010-04-01/Accounts/{SID}/Messages/{sid}.json"
        answer = httpx.get(url, auth=(SID, TOKEN)).raise_for_status()
        return int(answer.json()["num_segments"])


class GatewayProcess:
    """The gateway's process, which a test may kill and start again."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._running = ExitStack()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        settings = self._gateway.settings
        process = self._running.enter_context(
            running_process(settings, *GATEWAY, "--port", str(settings.port))
        )
        # An empty word: only a process that has ended is told apart.
        eventually(lambda: process.said("") and _is_ready(self._gateway), PATIENCE_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._running.close()


@contextmanager
def running_service(
    endpoints: Endpoints, understanding_url: str = "", **values: object
) -> Iterator[Service]:
    """Gateway, worker, simulator and a database of their own, on a Friday in November 2025.
    `values`: settings besides these."""
    with service_folder() as folder, fresh_database(endpoints) as database_url:
        settings = gateway_settings(
            folder,
            endpoints,
            database_url,
            **{"understanding_url": understanding_url, "clock": FRIDAY, **values},
        )
        webhook = f"{settings.base_url}/channels/sms/twilio#rc=2&rp=all"
        with (
            running_provider(webhook, settings.simulator_port) as provider,
            _running_processes(Gateway(settings, database_url)) as processes,
        ):
            yield Service(Gateway(settings, database_url), provider, processes)


@contextmanager
def _running_processes(gateway: Gateway) -> Iterator[GatewayProcess]:
    """The worker first: a set clock starts with its process, and what the gateway writes must not
    lie in the worker's future."""
    processes = GatewayProcess(gateway)
    with running_process(gateway.settings, "channels.worker") as worker:
        eventually(lambda: worker.said("worker.started"), PATIENCE_SECONDS)
        processes.start()
        try:
            yield processes
        finally:
            processes.kill()


def _is_ready(gateway: Gateway) -> bool:
    try:
        return gateway.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False
