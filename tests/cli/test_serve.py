"""`hala serve` from start to end: it answers, mends itself, and leaves no process behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from channels.cli.announce import is_up
from scripts.steps import CHECKOUT
from tests.support.services import service_folder
from tests.support.serving import free_port

pytestmark = [
    pytest.mark.database,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes"),
]


class Served:
    """A running `hala serve` in its own data folder, on its own ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.simulator, self.register = free_port(), free_port(), free_port()
        kept = {name: text for name, text in os.environ.items() if not name.startswith("HALA_")}
        self.env = {
            **kept,
            "HALA_DATA_DIR": str(folder),
            "HALA_SIMULATOR_PORT": str(self.simulator),
            "HALA_REGISTER_PORT": str(self.register),
            # Another understanding, which is away: this test needs no model.
            "HALA_UNDERSTANDING_URL": f"http://127.0.0.1:{free_port()}",
        }
        self.process = subprocess.Popen(
            self.command, cwd=CHECKOUT, env=self.env, stdout=subprocess.PIPE, text=True
        )

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "channels.cli.main", "serve", "--port", str(self.port)]

    def until_said(self, wanted: str) -> str:
        """Read its output up to a line that holds the words."""
        said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said += line
            if wanted in line:
                return said
        raise AssertionError(f"never said {wanted!r}: {said}")

    def ready(self) -> dict[str, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
            found: dict[str, str] = json.loads(answer.read())
            return found

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode

    def processes(self) -> list[int]:
        """Whatever runs on behalf of this data folder, by command line or environment."""
        mark = str(self.folder).encode()
        numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [pid for pid in numbers if pid != os.getpid() and mark in _described(pid)]


def _described(pid: int) -> bytes:
    found = b""
    for part in ("cmdline", "environ"):
        try:
            found += Path(f"/proc/{pid}/{part}").read_bytes()
        except OSError:
            continue
    return found


def until(condition: Callable[[], object], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def serving() -> Iterator[Served]:
    with service_folder() as folder:
        served = Served(folder)
        try:
            yield served
        finally:
            if served.process.poll() is None:
                served.end(signal.SIGTERM)


def test_it_says_where_everything_is_and_stops_without_a_trace() -> None:
    with serving() as served:
        said = served.until_said("Ctrl-C stops everything")
        assert f"http://127.0.0.1:{served.port}" in said
        assert f"http://127.0.0.1:{served.simulator}" in said
        assert f"http://127.0.0.1:{served.register}" in said
        assert until(lambda: is_up(f"http://127.0.0.1:{served.register}/readyz"))
        ready = served.ready()
        assert ready["database"] == ready["valkey"] == "ok"
        assert ready["understanding"] == "degraded"
        assert len(served.processes()) > 4
        assert served.end(signal.SIGINT) == 0
        assert until(lambda: not served.processes(), 5), served.processes()


def test_a_second_one_is_refused_in_one_sentence_and_the_first_goes_on() -> None:
    with serving() as served:
        served.until_said("Ctrl-C stops everything")
        second = subprocess.run(
            served.command,
            cwd=CHECKOUT,
            env=served.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert f"port {served.port} (gateway) is in use" in second.stderr
        assert served.ready()["database"] == "ok"


def test_a_killed_gateway_comes_back() -> None:
    with serving() as served:
        served.until_said("Ctrl-C stops everything")
        os.kill(_only(served, "channels.app:create_app"), signal.SIGKILL)
        served.until_said("gateway ended with -9")
        assert until(lambda: _answers(served))


def test_a_kill_of_the_command_itself_leaves_nothing_running() -> None:
    with serving() as served:
        served.until_said("Ctrl-C stops everything")
        assert served.end(signal.SIGKILL) == -signal.SIGKILL
        assert until(lambda: not served.processes()), served.processes()


def _only(served: Served, words: str) -> int:
    (found,) = [pid for pid in served.processes() if words.encode() in _described(pid)]
    return found


def _answers(served: Served) -> bool:
    try:
        return served.ready()["database"] == "ok"
    except OSError:
        return False
