"""Child processes that end with us: started in a group of their own, restarted when they die.

Everything here must be called from the main thread: Linux counts the thread that started a process
as its parent, and tells the child to end when that thread does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from integrations.local.account import die_with_parent
from integrations.platform.logfiles import open_log

STEADY_SECONDS = 60.0  # a child that lived this long has got over its last fault
LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. `env` is complete; `log` None: the child writes where we write."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    log: Path | None = None


@dataclass
class Child:
    """One supervised process and when it may be started again."""

    plan: Plan
    clock: Callable[[], float] = time.monotonic
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    not_before: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs or before it was started."""
        return None if self.process is None else self.process.poll()

    @property
    def pause(self) -> float:
        """Seconds until it may be started again."""
        return max(0.0, self.not_before - self.clock())

    def start(self) -> None:
        """Start it, its output appended to its log."""
        with _output(self.plan.log) as output:
            self.process = subprocess.Popen(
                self.plan.command,
                cwd=self.plan.folder,
                env=dict(self.plan.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the others in order
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        self.started_at = self.clock()

    def keep_running(self) -> int | None:
        """Start it again when its pause is over; its exit status when it was just found dead."""
        if self.is_running:
            return None
        if self.process is not None:
            return self._died(self.process)
        if self.clock() >= self.not_before:
            self.start()
        return None

    def ask_to_stop(self) -> None:
        """Ask its whole group to end."""
        self._signal(signal.SIGTERM)

    def stop(self, seconds: float) -> None:
        """Wait for its end, then end whatever is left of its group."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0.0))
        self._signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _died(self, process: subprocess.Popen[bytes]) -> int:
        self._signal(signal.SIGKILL)  # workers of a dead manager would keep its port
        steady = self.clock() - self.started_at >= STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        self.not_before = self.clock() + min(0.25 * 2**self.failures, LONGEST_PAUSE)
        self.process = None
        return process.returncode

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class Family:
    """All children of one `hala serve`."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.children = {plan.name: Child(plan) for plan in plans}

    def keep_running(self) -> dict[str, int]:
        """Start what is due; the exit status of each that was found dead."""
        found = {name: child.keep_running() for name, child in self.children.items()}
        return {name: status for name, status in found.items() if status is not None}

    def stop(self, seconds: float = 15.0) -> None:
        """End all of them, the last started first, within the given time."""
        deadline = time.monotonic() + seconds
        for child in reversed(self.children.values()):
            child.ask_to_stop()
        for child in reversed(self.children.values()):
            child.stop(deadline - time.monotonic())


def _output(log: Path | None) -> IO[bytes]:
    if log is None:
        return os.fdopen(os.dup(sys.stderr.fileno()), "wb")
    return open_log(log)
