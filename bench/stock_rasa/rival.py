"""The rival's two processes: trained when its data changed, started, stopped."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.stand import BenchError, free_port
from bench.stock_rasa.generate import HERE, generate
from channels.cli.announce import is_up
from channels.cli.children import Family, Plan
from integrations.platform.settings import CHECKOUT
from integrations.understanding.server import environment, rasa

WORK = CHECKOUT / ".hala" / "stock_rasa"
START_SECONDS = 240.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Setup:
    """How the rival runs. `store` memory or sqlite; `jsonschema` a version to lay over the
    environment's own: Rasa 3.6 re-checks a constant schema on every remote action, and 3.2.0 does
    that much faster."""

    python: Path
    variant: str
    store: str = "memory"
    jsonschema: str = ""


@dataclass(frozen=True, slots=True)
class Rival:
    """A running rival: `port` of its REST channel, process ids of its server and its actions."""

    port: int
    roots: dict[str, int]
    start_seconds: float


@contextmanager
def rival(setup: Setup, say: Say) -> Iterator[Rival]:
    """Running inside the block. Raises `BenchError` with what the environment lacks."""
    _check(setup.python)
    folder, env = _trained(setup, say), _environment(setup, say)
    port, actions_port = free_port(), free_port()
    endpoints = _endpoints(folder, setup.store, actions_port)
    server = ["run", "--enable-api", "-i", "127.0.0.1", "-p", str(port), "-m", "models"]
    plans = [
        _plan("actions", ["run", "actions", "-p", str(actions_port)], setup, env, folder),
        _plan("server", [*server, "--endpoints", endpoints], setup, env, folder),
    ]
    family = Family(plans)
    began = time.monotonic()
    try:
        family.keep_running()
        _wait(family, "actions", f"http://127.0.0.1:{actions_port}/health", folder)
        _wait(family, "server", f"http://127.0.0.1:{port}/status", folder)
        roots = {name: c.process.pid for name, c in family.children.items() if c.process}
        yield Rival(port, roots, round(time.monotonic() - began, 1))
    finally:
        family.stop()


def _check(python: Path) -> None:
    """Stock Rasa wants more of the environment than our understanding does."""
    needs = "import rasa, rasa_sdk, sanic, sklearn, tensorflow"
    done = subprocess.run([str(python), "-c", needs], capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it does not run"]
        raise BenchError(f"stock_rasa.environment: {python}: {lines[-1]}")


def _trained(setup: Setup, say: Say) -> Path:
    folder = WORK / setup.variant
    mark, done = _fingerprint(setup.variant), folder / "trained"
    if done.exists() and done.read_text(encoding="ascii") == mark:
        return folder
    say(f"stock rasa {setup.variant}: training (b half a minute, a some minutes)")
    generate(folder, setup.variant)
    command = ["train", "-c", "config.yml", "-d", "domain.yml", "--data", "data", "--out", "models"]
    began = time.monotonic()
    with (folder / "train.log").open("wb") as log:
        status = subprocess.run(
            rasa(setup.python, *command, "--fixed-model-name", "stock"),
            cwd=folder,
            env=environment(os.environ),
            stdout=log,
            stderr=log,
            check=False,
        ).returncode
    if status:
        raise BenchError(f"stock_rasa.training_failed: {_last_line(folder / 'train.log')}")
    say(f"stock rasa {setup.variant}: trained in {time.monotonic() - began:.0f} s")
    done.write_text(mark, encoding="ascii")
    return folder


def _fingerprint(variant: str) -> str:
    files = [HERE / "sentences.toml", HERE / "generate.py", *sorted((HERE / "project").iterdir())]
    digest = hashlib.sha256(variant.encode())
    for path in files:
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _environment(setup: Setup, say: Say) -> dict[str, str]:
    env = environment(os.environ)
    if not setup.jsonschema:
        return env
    folder = WORK / f"jsonschema-{setup.jsonschema}"
    if not folder.exists():
        say(f"stock rasa: fetching jsonschema {setup.jsonschema}")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        command += ["--target", str(folder), f"jsonschema=={setup.jsonschema}"]
        if subprocess.run(command, check=False).returncode:
            raise BenchError(f"stock_rasa.jsonschema: {setup.jsonschema} could not be fetched")
    return env | {"PYTHONPATH": str(folder)}


def _endpoints(folder: Path, store: str, actions_port: int) -> str:
    lines = [f"action_endpoint: {{url: 'http://127.0.0.1:{actions_port}/webhook'}}"]
    database = folder / "tracker.db"
    database.unlink(missing_ok=True)
    if store == "sqlite":
        lines.append(f"tracker_store: {{type: SQL, dialect: sqlite, db: '{database}'}}")
    (folder / "endpoints.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    return "endpoints.yml"


def _plan(name: str, arguments: list[str], setup: Setup, env: dict[str, str], folder: Path) -> Plan:
    return Plan(name, rasa(setup.python, *arguments), env, folder, folder / f"{name}.log")


def _wait(family: Family, name: str, check: str, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_up(check):
        if not family.children[name].is_running or time.monotonic() > deadline:
            raise BenchError(f"stock_rasa.{name}_down: {_last_line(folder / f'{name}.log')}")
        time.sleep(0.2)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it wrote nothing"
