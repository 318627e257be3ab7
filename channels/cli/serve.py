"""What `hala serve` does: start everything, say where, keep it running, leave nothing behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from channels.cli.announce import announce, is_up, say
from channels.cli.children import Child, Family, Plan
from channels.cli.faults import Fault
from channels.cli.ports import need_free
from channels.cli.processes import Plans, addresses, listeners, own_command, runs_understanding
from channels.cli.understanding import UnderstandingUnavailable, rasa_python
from integrations.local.services import local_services
from integrations.platform.settings import CHECKOUT, Settings
from integrations.understanding import training
from integrations.understanding.process import Start

TICK_SECONDS = 0.1
START_SECONDS = 90.0
EARLY_DEATHS = 3


class Stopping:
    """Whether we were asked to stop; a second Ctrl-C changes nothing, the end is already coming."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True


def run(settings: Settings) -> int:
    """Run the service until SIGINT or SIGTERM; 0 then. Raises `Fault` when it cannot start."""
    began = time.monotonic()
    need_free(listeners(settings))
    stopping = Stopping()
    start, reason = _understanding(settings, stopping)
    if stopping.asked:
        return 0
    with local_services(settings) as services:
        plans = Plans(settings, services)
        _finish(plans.migration(), stopping, "serve.migration_failed")
        with _family(plans.all(start)) as family:
            _Loop(settings, family, stopping, reason).run(began)
    return 0


@contextmanager
def _family(plans: list[Plan]) -> Iterator[Family]:
    family = Family(plans)
    try:
        yield family
    finally:
        say("stopping")
        family.stop()


class _Loop:
    """Watches the children: first until all answer, then for as long as the service runs."""

    def __init__(
        self, settings: Settings, family: Family, stopping: Stopping, reason: str | None
    ) -> None:
        self._settings = settings
        self._family = family
        self._stopping = stopping
        self._reason = reason
        self._waiting = [a for a in addresses(settings) if a.name in family.children]

    def run(self, began: float) -> None:
        """Until asked to stop. `began`: when the command was given, by the monotonic clock."""
        gateway, *others = self._waiting
        self._wait_for_gateway(gateway.check, time.monotonic() + START_SECONDS)
        if self._stopping.asked:
            return
        announce(self._settings, self._waiting, time.monotonic() - began, self._reason)
        self._waiting = others
        while not self._stopping.asked:
            self._tick()
            self._tell_of_late_ones(began)

    def _wait_for_gateway(self, check: str, deadline: float) -> None:
        while not self._stopping.asked and not is_up(check):
            self._tick()
            gateway = self._family.children["gateway"]
            if gateway.failures >= EARLY_DEATHS or time.monotonic() > deadline:
                log = gateway.plan.log or "its output"
                raise Fault(f"serve.gateway_down: the gateway did not start; see {log}")

    def _tick(self) -> None:
        for name, status in self._family.keep_running().items():
            pause = self._family.children[name].pause
            say(f"{name} ended with {status}; started again in {pause:.1f} s")
        time.sleep(TICK_SECONDS)

    def _tell_of_late_ones(self, began: float) -> None:
        for address in [a for a in self._waiting if is_up(a.check)]:
            say(f"{address.name} is ready ({time.monotonic() - began:.1f} s)")
            self._waiting.remove(address)


def _understanding(settings: Settings, stopping: Stopping) -> tuple[Start | None, str | None]:
    """How understanding is started, or why it is not: the service is worth running without it."""
    if not runs_understanding(settings):
        return None, None
    try:
        python = rasa_python(CHECKOUT)
        model = training.model_path(CHECKOUT, settings.data_dir.absolute())
        if not model.exists():
            _finish(own_command("train", os.environ), stopping, "serve.training_failed")
    except (UnderstandingUnavailable, Fault) as error:
        if os.environ.get("CI"):
            raise
        return None, str(error)
    log = settings.data_dir.absolute() / "logs" / "understanding.log"
    return Start(CHECKOUT, python, model, log), None


def _finish(plan: Plan, stopping: Stopping, code: str) -> None:
    """Run one command to its end, unless we are asked to stop first."""
    child = Child(plan)
    child.start()
    try:
        while child.is_running and not stopping.asked:
            time.sleep(TICK_SECONDS / 4)
        status = child.status
    finally:
        child.ask_to_stop()
        child.stop(5.0)
    if status and not stopping.asked:
        raise Fault(f"{code}: `hala {plan.name}` ended with {status}")
