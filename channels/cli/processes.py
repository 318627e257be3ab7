"""Which processes `hala serve` runs under which settings, and how each is started."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from channels.cli.children import Plan
from channels.cli.ports import Listener
from integrations.local.services import Endpoints
from integrations.platform.settings import CHECKOUT, Settings
from integrations.understanding import server
from integrations.understanding.process import Start

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a process is reached: `url` to open, `check` answers 200 when it is ready."""

    name: str
    url: str
    check: str
    what: str


@dataclass(frozen=True, slots=True)
class Plans:
    """Makes the plans of the service's processes. `endpoints`: the database and Valkey to use."""

    settings: Settings
    endpoints: Endpoints

    def all(self, understanding: Start | None) -> list[Plan]:
        """Every process; without understanding when it cannot run."""
        plans = [self.gateway(), self.worker()]
        if runs_register(self.settings):
            plans.append(self.register())
        if runs_simulator(self.settings):
            plans.append(self.simulator())
        return plans + ([self.understanding(understanding)] if understanding else [])

    def migration(self) -> Plan:
        """Brings the schema up to date; ends by itself."""
        return own_command("migrate", self.environment())

    def gateway(self) -> Plan:
        """The only process that is reached from outside."""
        settings = self.settings
        return self._python(
            "gateway",
            *("uvicorn", "channels.app:create_app", "--factory", "--no-access-log"),
            *_proxy_words(settings.proxies),
            # A page learns of a frame too large by our own close code, within this.
            *("--ws-max-size", "65536", "--ws-per-message-deflate", "false"),
            # A poll may wait longer than a gateway that ends.
            *("--timeout-graceful-shutdown", "2"),
            *("--host", settings.host, "--port", str(settings.port)),
            *("--workers", str(settings.gateway_workers), "--log-level", "warning"),
        )

    def worker(self) -> Plan:
        """Sends replies and runs jobs."""
        return self._python("worker", "channels.worker")

    def register(self) -> Plan:
        """The sandbox register, with a database of its own."""
        return self._python("register", "integrations.register.sandbox")

    def simulator(self) -> Plan:
        """The providers' side."""
        return self._python("simulator", "simulator")

    def understanding(self, start: Start) -> Plan:
        """Rasa on the model, in its own environment and without our settings."""
        command = server.command(start.python, start.model, self.settings.understanding_port)
        environment = server.environment(os.environ)
        return Plan("understanding", command, environment, CHECKOUT, self._log("understanding"))

    def environment(self) -> dict[str, str]:
        """Ours, with the port that was chosen and the services that were found."""
        given = {
            "HALA_PORT": str(self.settings.port),
            "HALA_DATABASE_URL": self.endpoints.database_url,
            "HALA_REDIS_URL": self.endpoints.redis_url or "",
        }
        return {**os.environ, **{name: value for name, value in given.items() if value}}

    def _python(self, name: str, module: str, *arguments: str) -> Plan:
        command = [sys.executable, "-m", module, *arguments]
        return Plan(name, command, self.environment(), CHECKOUT, self._log(name))

    def _log(self, name: str) -> Path | None:
        # In production whoever started us collects what we write; nothing is kept beside it.
        if self.settings.is_production:
            return None
        return self.settings.data_dir.absolute() / "logs" / f"{name}.log"


def own_command(name: str, environment: Mapping[str, str]) -> Plan:
    """A `hala` command that writes where we write and ends by itself."""
    return Plan(name, [sys.executable, "-m", "channels.cli.main", name], environment, CHECKOUT)


def _proxy_words(proxies: str) -> tuple[str, ...]:
    """Whose word on the client's address is believed; nobody's, unless a proxy is named. Twilio's
    signatures are checked over the configured URL in any case."""
    if not proxies:
        return ("--no-proxy-headers",)
    return ("--proxy-headers", "--forwarded-allow-ips", proxies)


def runs_register(settings: Settings) -> bool:
    """The sandbox register stands in when no register is named."""
    return not settings.is_production and not settings.register_url


def runs_simulator(settings: Settings) -> bool:
    """A simulator of ours stands in when no provider is named."""
    return not settings.is_production and not settings.twilio_api_base


def runs_understanding(settings: Settings) -> bool:
    """Ours, unless another one is named."""
    return not settings.understanding_url


def listeners(settings: Settings) -> Iterator[Listener]:
    """The ports this service will take."""
    yield "gateway", settings.host, settings.port, "hala serve --port"
    if runs_register(settings):
        yield "register", LOOPBACK, settings.register_port, "HALA_REGISTER_PORT"
    if runs_simulator(settings):
        yield "simulator", LOOPBACK, settings.simulator_port, "HALA_SIMULATOR_PORT"
    if runs_understanding(settings):
        yield "understanding", LOOPBACK, settings.understanding_port, "HALA_UNDERSTANDING_PORT"


def addresses(settings: Settings) -> Iterator[Address]:
    """Where each process of ours is reached, the gateway first."""
    # A server that listens everywhere is asked on loopback.
    host = LOOPBACK if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    gateway = f"http://{host}:{settings.port}"
    yield Address("gateway", gateway, f"{gateway}/readyz", "webhooks, health, metrics")
    register = f"http://{LOOPBACK}:{settings.register_port}"
    yield Address("register", register, f"{register}/readyz", "the sandbox register")
    simulator = f"http://{LOOPBACK}:{settings.simulator_port}"
    yield Address("simulator", simulator, f"{simulator}/", "a telephone to try it with")
    understanding = f"http://{LOOPBACK}:{settings.understanding_port}"
    yield Address("understanding", understanding, f"{understanding}/status", "Rasa")
