"""What every setup step shares: a fault in one sentence, a message, a command, a stamp."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
STAMP = ".hala-stamp.json"

# What a failing installer prints, and what it means. The first that is found is told.
CAUSES = (
    (("No space left on device", "Errno 28"), "setup.disk_full", "the disk is full"),
    (
        ("DO NOT MATCH THE HASHES", "THESE PACKAGES DO NOT MATCH", "IncompleteRead", "BadZipFile"),
        "setup.broken_download",
        "a download was broken or is not the locked file; run the command again",
    ),
    (
        ("ConnectionError", "Read timed out", "name resolution", "SSLError", "dns error"),
        "setup.no_network",
        "the package registry, or the network, cannot be reached",
    ),
    (
        ("No matching distribution", "Could not find a version"),
        "setup.no_wheel",
        "the package registry has no file of a locked release for this machine",
    ),
)


class SetupError(Exception):
    """Setup cannot go on; the text is one sentence for whoever ran the command."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


def say(text: str) -> None:
    """One line of progress, seen at once also through a pipe."""
    print(f"[setup] {text}", flush=True)


@contextmanager
def alone() -> Iterator[None]:
    """Let one setup run at a time: `make run` and `make test` may be called together."""
    lock = data_dir() / "setup.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another setup is running; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def data_dir() -> Path:
    """HALA_DATA_DIR, else .hala in the checkout; as the settings decide it."""
    return Path(os.environ.get("HALA_DATA_DIR") or CHECKOUT / ".hala")


def fingerprint(*files: Path) -> str:
    """One hash over the contents of the files, in their given order."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read_stamp(environment: Path) -> dict[str, str]:
    """What was done in an environment, by step; empty when unreadable."""
    with suppress(OSError, ValueError):
        stamp = json.loads((environment / STAMP).read_text(encoding="utf-8"))
        return stamp if isinstance(stamp, dict) else {}
    return {}


def write_stamp(environment: Path, **done: str) -> None:
    """Add finished steps to an environment's stamp."""
    stamp = {**read_stamp(environment), **done}
    (environment / STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def need_space(folder: Path, megabytes: int) -> None:
    """Refuse to begin what the disk cannot hold."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise SetupError(
            "setup.disk_full", f"{megabytes} MB are needed in {folder} and {free} MB are free"
        )


def run(name: str, command: list[str], on_line: Callable[[str], None] = lambda line: None) -> None:
    """Run one installer; its output goes to `<data_dir>/logs/setup-<name>.log`, line by line to
    `on_line`. A failure becomes a `SetupError` that names the cause when it is a known one."""
    log = data_dir() / "logs" / f"setup-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1"}
    with log.open("w", encoding="utf-8") as file, _started(command, environment) as process:
        for line in process.stdout or ():
            file.write(line)
            on_line(line)
    if process.returncode:
        raise explain(name, log.read_text(encoding="utf-8", errors="replace"), log)


def explain(name: str, output: str, log: Path) -> SetupError:
    """The error that an installer's output stands for."""
    for needles, code, sentence in CAUSES:
        if any(needle in output for needle in needles):
            return SetupError(code, f"{name}: {sentence} (details: {log})")
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no output")
    return SetupError("setup.failed", f"{name}: {last.strip()[:200]} (details: {log})")


def timed(sentence: str, work: Callable[[], None]) -> None:
    """Say what begins, do it, say how long it took."""
    say(f"{sentence} ...")
    started = time.monotonic()
    work()
    say(f"{sentence}: done in {time.monotonic() - started:.0f} s")


def newer(sources: Iterable[Path], target: Path) -> bool:
    """Whether a target is missing or older than one of its sources."""
    if not target.exists():
        return True
    made = target.stat().st_mtime
    return any(source.stat().st_mtime > made for source in sources)


def _started(command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        cwd=CHECKOUT,
    )
