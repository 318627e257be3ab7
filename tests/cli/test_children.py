"""Children are started again when they die, wait longer each time, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from channels.cli.children import LONGEST_PAUSE, STEADY_SECONDS, Child, Family, Plan
from integrations.platform.logfiles import LARGEST

SLEEPS = "import time; time.sleep(60)"
# A manager with a worker that ignores being asked to stop, as a stuck server would.
STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
process = subprocess.Popen([sys.executable, "-c", worker])
print(process.pid, flush=True)
process.wait()
"""


class SetTime:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def plan(code: str, folder: Path) -> Plan:
    return Plan("trial", [sys.executable, "-c", code], os.environ, folder, folder / "log" / "t.log")


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def lives(pid: int) -> bool:
    """Whether a process runs; a zombie, which only waits to be counted, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1][1] != "Z"
    except OSError:
        return False


def die(child: Child) -> int | None:
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    return child.keep_running()


def test_a_child_that_dies_is_started_again_after_its_pause(tmp_path: Path) -> None:
    clock = SetTime()
    child = Child(plan(SLEEPS, tmp_path), clock)
    try:
        assert child.keep_running() is None
        assert child.is_running
        assert die(child) == -signal.SIGKILL
        assert child.keep_running() is None
        assert not child.is_running
        clock.seconds += child.pause
        child.keep_running()
        assert child.is_running
    finally:
        child.stop(0)


def test_a_large_log_is_set_aside_when_its_child_is_started_again(tmp_path: Path) -> None:
    child = Child(plan("print('started', flush=True)", tmp_path), SetTime())
    log = child.plan.log
    assert log is not None
    log.parent.mkdir()
    log.write_bytes(b"before")
    os.truncate(log, LARGEST + 1)
    child.start()
    child.stop(10)
    assert log.read_text() == "started\n"
    assert log.with_name("t.log.1").stat().st_size == LARGEST + 1


def test_the_pause_grows_to_a_limit_and_is_forgotten_after_steady_work(tmp_path: Path) -> None:
    clock = SetTime()
    child = Child(plan(SLEEPS, tmp_path), clock)
    pauses = []
    for _ in range(9):
        clock.seconds += child.pause
        child.keep_running()
        die(child)
        pauses.append(child.pause)
    assert pauses == sorted(pauses)
    assert pauses[0] < 1
    assert pauses[-1] == LONGEST_PAUSE
    clock.seconds += child.pause
    child.keep_running()
    clock.seconds += STEADY_SECONDS
    die(child)
    assert child.pause == pytest.approx(pauses[0])


def test_what_a_child_writes_is_in_its_log(tmp_path: Path) -> None:
    child = Child(plan("print('written')", tmp_path))
    child.start()
    child.stop(10)
    assert (tmp_path / "log" / "t.log").read_text(encoding="utf-8") == "written\n"


def test_stopping_ends_the_whole_group_also_one_that_will_not_listen(tmp_path: Path) -> None:
    family = Family([plan(STUBBORN, tmp_path)])
    family.keep_running()
    log = tmp_path / "log" / "t.log"
    assert until(lambda: log.exists() and log.read_text(encoding="utf-8").endswith("\n"))
    worker = int(log.read_text(encoding="utf-8"))
    assert lives(worker)
    family.stop(seconds=0.3)
    assert until(lambda: not lives(worker))
    assert not family.children["trial"].is_running


def test_a_mild_stop_lets_a_child_finish(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('finished', flush=True), sys.exit()))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    family = Family([plan(code, tmp_path)])
    family.keep_running()
    log = tmp_path / "log" / "t.log"
    assert until(lambda: log.exists() and "ready" in log.read_text(encoding="utf-8"))
    family.stop(seconds=10)
    assert log.read_text(encoding="utf-8") == "ready\nfinished\n"


@pytest.mark.skipif(sys.platform != "linux", reason="parent-death signals are Linux's")
def test_children_end_when_we_are_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from channels.cli.children import Child, Plan\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        f"child = Child(Plan('x', command, os.environ, Path({str(tmp_path)!r})))\n"
        "child.start()\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as us:
        assert us.stdout is not None
        grandchild = int(us.stdout.readline())
        assert lives(grandchild)
        us.kill()
    assert until(lambda: not lives(grandchild))
