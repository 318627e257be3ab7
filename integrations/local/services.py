"""Attaching to the local services: the first process starts them, the last one out stops them.

Each attached process holds a shared lock on one file. The kernel drops it when the process ends,
however it ends, so nobody counts and no count can be wrong.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from integrations.local.layout import Layout, LocalError
from integrations.local.locks import FileLock, is_held
from integrations.local.supervisor import (
    CLIENTS_LOCK,
    START_SECONDS,
    STOP_SECONDS,
    SUPERVISOR_LOCK,
)
from integrations.platform.logfiles import open_log
from integrations.platform.settings import CHECKOUT, Settings

WATCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the database and Valkey are. `redis_url` None: none is configured, which is allowed."""

    database_url: str
    redis_url: str | None


@contextmanager
def local_services(settings: Settings) -> Iterator[Endpoints]:
    """The configured database and Valkey; embedded ones when no database is configured.

    Raises `LocalError` with one sentence when they cannot run.
    """
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    if settings.database_url is not None:
        yield Endpoints(settings.database_url.get_secret_value(), redis_url)
        return
    attachment = Attachment(Layout(settings.data_dir.absolute()), settings.postgres_bin_dir)
    attachment.attach()
    try:
        layout = attachment.layout
        yield Endpoints(layout.database_url, redis_url or layout.redis_url)
    finally:
        attachment.detach()


class Attachment:
    """One process's hold on the local services of a data folder."""

    def __init__(self, layout: Layout, programs: Path | None = None) -> None:
        self.layout = layout
        self._programs = programs
        self._clients: FileLock | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._done = threading.Event()
        self._watcher: threading.Thread | None = None

    def attach(self) -> None:
        """Hold the services and return once they answer."""
        self.layout.create()
        self._clients = FileLock(self.layout.run / CLIENTS_LOCK)
        # Waits while a supervisor that found nobody left is still stopping.
        if not self._clients.take(shared=True, seconds=3 * STOP_SECONDS):
            raise LocalError("the local services are being stopped and do not come to an end")
        try:
            self._ensure_supervisor()
            self._wait_until_ready()
        except BaseException:
            self.detach()
            raise
        self._watcher = threading.Thread(target=self._watch, name="local-services", daemon=True)
        self._watcher.start()

    def detach(self) -> None:
        """Let go; if nobody else is attached, stop the services and wait for their end."""
        self._done.set()
        if self._watcher is not None:
            self._watcher.join()  # or it might start again what is stopped below
        if self._clients is None:
            return
        # Exclusive means we are the last; keeping it makes newcomers wait until all has stopped.
        if self._clients.take():
            self._stop_supervisor()
        self._clients.release()
        self._clients = None

    def _ensure_supervisor(self) -> None:
        starting = FileLock(self.layout.run / "starting.lock")
        if not starting.take(seconds=START_SECONDS):
            return
        try:
            if not is_held(self.layout.run / SUPERVISOR_LOCK):
                self.layout.ready.unlink(missing_ok=True)
                self.layout.failed.unlink(missing_ok=True)
                self._child = self._spawn()
                self._wait_until_in_charge()
        finally:
            starting.release()

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "integrations.local.supervisor"]
        command += [str(self.layout.data_dir), str(self._programs or "")]
        with open_log(self.layout.log) as log:
            return subprocess.Popen(
                command,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_until_in_charge(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_held(self.layout.run / SUPERVISOR_LOCK):
            if self._has_ended() or time.monotonic() > deadline:
                return
            time.sleep(0.02)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.layout.ready.exists():
            if self._has_ended() or time.monotonic() > deadline:
                raise LocalError(self._cause())
            time.sleep(0.02)

    def _has_ended(self) -> bool:
        return self._child is not None and self._child.poll() is not None

    def _cause(self) -> str:
        if self.layout.failed.exists():
            return self.layout.failed.read_text(encoding="utf-8")
        return f"the local services did not start; see {self.layout.log}"

    def _watch(self) -> None:
        """Start another supervisor when ours was killed; the servers recover by themselves."""
        while not self._done.wait(WATCH_SECONDS):
            if not is_held(self.layout.run / SUPERVISOR_LOCK):
                self._has_ended()  # reaps it when it was our child
                self._ensure_supervisor()

    def _stop_supervisor(self) -> None:
        lock = self.layout.run / SUPERVISOR_LOCK
        deadline = time.monotonic() + 3 * STOP_SECONDS
        while is_held(lock) and time.monotonic() < deadline:
            self._signal_supervisor()
            time.sleep(0.02)
        if self._child is not None:
            self._child.wait(STOP_SECONDS)

    def _signal_supervisor(self) -> None:
        # Not there: not ready yet, or already stopping.
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int(self.layout.ready.read_text(encoding="utf-8")), signal.SIGTERM)
