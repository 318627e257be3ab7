"""Processes of the product as tests start and kill them: settings by the environment, a log."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from integrations.platform.settings import CHECKOUT, Settings
from tests.support.serving import eventually


def environment(settings: Settings) -> dict[str, str]:
    """What tells a process these settings, and no others that this machine may have."""
    inherited = {name: value for name, value in os.environ.items() if name[:5] != "HALA_"}
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    return inherited | {
        f"HALA_{name.upper()}": str(_plain(value))
        for name, value in given.items()
        if value is not None
    }


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


@dataclass
class Process:
    """A process and what it writes."""

    popen: subprocess.Popen[bytes]
    log: Path

    def said(self, words: str, times: int = 1) -> bool:
        """Whether its log has these words so often; AssertionError when it has ended."""
        assert self.popen.poll() is None, self.log.read_text()
        return self.log.read_bytes().count(words.encode()) >= times


class Nursery(Process):
    """A process that starts others in no time; see `tests.support.nursery`."""

    started = 0
    pid = 0

    def start(self) -> None:
        """Start one."""
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self.popen.stdin.write(b"go\n")
        self.popen.stdin.flush()
        self.pid = int(self.popen.stdout.readline())
        self.started += 1

    def kill(self) -> None:
        """End the one started last without a chance to do anything, as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        eventually(lambda: not Path(f"/proc/{self.pid}").exists())


@contextmanager
def running_process(settings: Settings, module: str, *arguments: str) -> Iterator[Process]:
    """`python -m module`; killed at the end if it still runs."""
    with _started(settings, None, module, *arguments) as (popen, log):
        yield Process(popen, log)


@contextmanager
def nursery(settings: Settings, kind: str) -> Iterator[Nursery]:
    """Ready to start processes of a kind; all are killed at the end."""
    with _started(settings, subprocess.PIPE, "tests.support.nursery", kind) as (popen, log):
        yield Nursery(popen, log)


@contextmanager
def _started(
    settings: Settings, stdout: int | None, module: str, *arguments: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    path = settings.data_dir / f"{secrets.token_hex(4)}.log"
    with path.open("wb") as log:
        popen = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=CHECKOUT,
            env=environment(settings),
            stdin=subprocess.PIPE,
            stdout=stdout or log,
            stderr=log,
            start_new_session=True,
        )
    with popen:
        try:
            yield popen, path
        finally:
            with suppress(ProcessLookupError):
                os.killpg(popen.pid, signal.SIGKILL)
