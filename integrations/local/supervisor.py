"""The process that keeps PostgreSQL and Valkey running while anyone is attached.

It starts each again when it dies, and stops both when told to or when no process holds the clients'
lock any more. If it is killed itself, the kernel tells the servers (parent-death signal) and the
next attached process starts another (`services.py`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from integrations.local import postgres, valkey
from integrations.local.account import service_account
from integrations.local.layout import Layout, LocalError
from integrations.local.locks import FileLock

TICK_SECONDS = 0.1
START_SECONDS = 60.0  # recovery after a kill under load takes a few seconds
STOP_SECONDS = 10.0
CLIENTS_LOCK = "clients.lock"
SUPERVISOR_LOCK = "supervisor.lock"


@dataclass
class Service:
    """One server: how it starts, when it answers, and the signals that stop it, mildest first."""

    start: Callable[[], subprocess.Popen[bytes]]
    is_ready: Callable[[], bool]
    stop_signals: tuple[signal.Signals, ...]
    process: subprocess.Popen[bytes] | None = None

    def keep_running(self) -> None:
        """Start it, or start it again after it died."""
        if self.process is None or self.process.poll() is not None:
            self.process = self.start()

    def stop(self) -> None:
        """Stop it in order; harder when it does not listen."""
        for number in self.stop_signals:
            if self.process is None or self.process.poll() is not None:
                return
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue


def services_of(layout: Layout, programs: Path | None, log: IO[bytes]) -> list[Service]:
    """Both services, their folders made."""
    account = service_account()
    account.own(layout.socket_dir)
    folder = postgres.find_programs(programs, layout, account)
    program = valkey.find_program()
    postgres.prepare_data(folder, layout, account)
    return [
        Service(
            lambda: postgres.start(folder, layout, account, log),
            lambda: postgres.is_ready(folder, layout),
            (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL),
        ),
        Service(
            lambda: valkey.start(program, layout, account, log),
            lambda: valkey.is_ready(layout),
            (signal.SIGTERM, signal.SIGKILL),
        ),
    ]


def supervise(layout: Layout, services: list[Service]) -> None:
    """Run until nobody is attached or a signal asks us to stop."""
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: stopping.append(received))
    clients = FileLock(layout.run / CLIENTS_LOCK)
    try:
        _wait_until_ready(services, stopping)
        _write(layout.ready, str(os.getpid()))
        while not stopping and not clients.take():
            for service in services:
                service.keep_running()
            time.sleep(TICK_SECONDS)
    finally:
        layout.ready.unlink(missing_ok=True)
        for service in services:
            service.stop()


def main(data_dir: str, programs: str = "") -> int:
    """Entry of `python -m integrations.local.supervisor DATA_DIR [PROGRAMS]`."""
    layout = Layout(Path(data_dir))
    lock = FileLock(layout.run / SUPERVISOR_LOCK)
    if not lock.take(seconds=2):
        return 0  # another one is in charge
    layout.failed.unlink(missing_ok=True)
    with layout.log.open("ab", buffering=0) as log:
        try:
            supervise(layout, services_of(layout, Path(programs) if programs else None, log))
        except (LocalError, OSError) as error:
            _write(layout.failed, str(error))
            return 1
    return 0


def _wait_until_ready(services: list[Service], stopping: list[int]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not stopping:
        for service in services:
            service.keep_running()
        time.sleep(0.03)
        if all(service.is_ready() for service in services):
            return
        if time.monotonic() > deadline:
            raise LocalError(f"the local services were not ready in {START_SECONDS:.0f} s")


def _write(path: Path, content: str) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(content, encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
