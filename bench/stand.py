"""What is measured, set up: a scratch PostgreSQL and Valkey, the gateway as `hala serve` starts it,
and understanding. Configured databases are never touched.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from bench import proc
from channels.cli.announce import is_up
from channels.cli.children import Family, Plan
from channels.cli.processes import Plans
from channels.cli.understanding import start_of
from integrations.database.migrate import migrate
from integrations.local.layout import Layout
from integrations.local.services import Endpoints, local_services
from integrations.platform.settings import CHECKOUT, Settings
from integrations.understanding.process import Start

START_SECONDS = 120.0


class BenchError(Exception):
    """The benchmark cannot run or its results cannot be trusted; one sentence."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which processes to set up. `data_dir` None: a folder that is removed afterwards."""

    understanding: bool = True
    worker: bool = False
    gateway_workers: int = 1
    data_dir: Path | None = None


@dataclass
class Stand:
    """Everything that runs. `roots`: the first process of each part, by its name."""

    settings: Settings
    endpoints: Endpoints
    family: Family
    roots: dict[str, int] = field(default_factory=dict)

    @property
    def has_understanding(self) -> bool:
        return "understanding" in self.roots

    def costs(self) -> dict[str, proc.Cost]:
        """CPU and memory of each part now. Raises `BenchError` when one has ended."""
        found = {name: proc.cost_of(root) for name, root in self.roots.items()}
        ended = [name for name, cost in found.items() if cost is None]
        if ended:
            raise BenchError(f"bench.process_ended: {', '.join(ended)}; see {self._logs}")
        return {name: cost for name, cost in found.items() if cost is not None}

    def forget_readings(self) -> None:
        """Empty Valkey, so that no text of an earlier run is answered from the parse cache."""
        if self.endpoints.redis_url:
            with redis.Redis.from_url(self.endpoints.redis_url) as client:
                client.flushall()

    def readings_failed(self) -> int:
        """How often the gateway noted that understanding did not answer."""
        log = self._logs / "gateway.log"
        if not log.exists():
            return 0
        return log.read_text(encoding="utf-8", errors="replace").count("understanding failed")

    @property
    def _logs(self) -> Path:
        return self.settings.data_dir / "logs"


@contextmanager
def stand(wishes: Wishes, say: Callable[[str], None]) -> Iterator[Stand]:
    """Set up, and take down afterwards. Raises `BenchError`."""
    start = _understanding(say) if wishes.understanding else None
    with _folder(wishes.data_dir) as folder, _environment(folder, wishes):
        settings = Settings.load()
        with local_services(settings) as endpoints:
            migrate(endpoints.database_url)
            yield from _running(settings, endpoints, _plans(settings, endpoints, wishes, start))


def _understanding(say: Callable[[str], None]) -> Start:
    """On the model the service itself would use, before the environment becomes ours."""
    return start_of(CHECKOUT, Settings.load().data_dir.absolute(), say)


def _plans(
    settings: Settings, endpoints: Endpoints, wishes: Wishes, start: Start | None
) -> list[Plan]:
    plans = Plans(settings, endpoints)
    chosen = [plans.gateway()]
    if start is not None:
        chosen.append(plans.understanding(start))
    return [*chosen, plans.worker(), plans.simulator()] if wishes.worker else chosen


def _running(settings: Settings, endpoints: Endpoints, plans: list[Plan]) -> Iterator[Stand]:
    family = Family(plans)
    try:
        family.keep_running()
        made = Stand(settings, endpoints, family)
        _wait(family, "gateway", f"{settings.base_url}/readyz", settings)
        if "understanding" in family.children:
            _wait(family, "understanding", f"{settings.understanding_base}/status", settings)
        made.roots = {
            name: child.process.pid for name, child in family.children.items() if child.process
        } | _servers(settings)
        yield made
    finally:
        family.stop()


def _wait(family: Family, name: str, check: str, settings: Settings) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_up(check):
        if not family.children[name].is_running or time.monotonic() > deadline:
            raise BenchError(f"bench.{name}_down: {_last_lines(settings, name)}")
        time.sleep(0.1)


def _last_lines(settings: Settings, name: str) -> str:
    log = settings.data_dir / "logs" / f"{name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    # uvicorn's own last line says only that it stops; the cause stands above it.
    return " / ".join(line for line in lines[-3:] if line) or "it wrote nothing"


def _servers(settings: Settings) -> dict[str, int]:
    layout = Layout(settings.data_dir.absolute())
    postmaster = (layout.postgres / "postmaster.pid").read_text(encoding="ascii")
    found = {"postgresql": int(postmaster.split("\n", 1)[0])}
    valkey = proc.find_process(["valkey", str(layout.socket_dir)])
    return found | ({"valkey": valkey} if valkey else {})


@contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    """The data folder; one of our own is open to the services' account and removed at the end."""
    if chosen is not None:
        yield chosen.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="hala-bench-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _environment(folder: Path, wishes: Wishes) -> Iterator[None]:
    """Settings of the benchmark alone: the defaults, a folder, free ports."""
    before = {name: value for name, value in os.environ.items() if name.startswith("HALA_")}
    for name in before:
        del os.environ[name]
    ours = {
        "HALA_DATA_DIR": str(folder),
        "HALA_PORT": str(free_port()),
        "HALA_UNDERSTANDING_PORT": str(free_port()),
        "HALA_SIMULATOR_PORT": str(free_port()),
        "HALA_GATEWAY_WORKERS": str(wishes.gateway_workers),
    }
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            del os.environ[name]
        os.environ.update(before)


def free_port() -> int:
    """A TCP port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def new_run() -> str:
    """The mark of one run: eight hexadecimal digits."""
    return secrets.token_hex(4)
