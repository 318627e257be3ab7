"""Trains the model once for each state of the data, and names it by that state."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from integrations.understanding import server

DATA = Path("nlu_data")
HELD_OUT = DATA / "held_out"
_INPUTS = (DATA, Path("bot/understanding"), Path("bot/language"))
_LOCK = Path("requirements/rasa.txt")
_SUFFIXES = {".yml", ".py", ".csv", ".toml", ".json", ".txt", ".tsv"}


class TrainingError(Exception):
    """Rasa did not train; the text names the exit code and the last lines it printed."""


def fingerprint(checkout: Path) -> str:
    """Sixteen hexadecimal digits over everything a model is made of: sentences, lookups, pipeline,
    language code and the locked packages. The held-out sentences are no part of it."""
    digest = hashlib.sha256()
    for path in _files(checkout):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(checkout).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:16]


def model_path(checkout: Path, data_dir: Path) -> Path:
    """Where the model of the present data is, or will be once trained."""
    return data_dir / "models" / f"{fingerprint(checkout)}.tar.gz"


def train(
    checkout: Path, data_dir: Path, python: Path, say: Callable[[str], None], force: bool = False
) -> Path:
    """The model of the present data, trained if it is not there yet; `say` gets progress lines.

    `python`: the interpreter of the Rasa environment. Raises `TrainingError`.
    """
    model = model_path(checkout, data_dir)
    if model.exists() and not force:
        say(f"understanding: model {model.name} is up to date")
        return model
    model.parent.mkdir(parents=True, exist_ok=True)
    say(f"understanding: training {model.name} (a minute)")
    unfinished = f"unfinished-{os.getpid()}-{model.name}"
    try:
        _run(checkout, _command(python, model.parent, unfinished), say)
        (model.parent / unfinished).replace(model)
    finally:
        (model.parent / unfinished).unlink(missing_ok=True)
    _forget_old_models(model)
    return model


def _command(python: Path, folder: Path, name: str) -> list[str]:
    return server.rasa(
        python,
        *("train", "--data", str(DATA), "--out", str(folder), "--fixed-model-name", name),
        "--skip-validation",  # its findings concern whoever writes sentences, and it takes as long
        *("--config", str(server.PROJECT / "config.yml")),
        *("--domain", str(server.PROJECT / "domain.yml")),
        *("--endpoints", str(server.PROJECT / "endpoints.yml")),
    )


def _run(checkout: Path, command: list[str], say: Callable[[str], None]) -> None:
    """Run Rasa, pass on which component it trains, keep the rest for the error."""
    process = subprocess.Popen(
        command,
        cwd=checkout,
        env=server.environment(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    last: list[str] = []
    with process:
        for line in process.stdout or ():
            last = [*last[-14:], line.rstrip()]
            if "Starting to train component" in line:
                say("understanding: " + line.rsplit("Starting to train ", 1)[1].strip())
    if process.returncode:
        raise TrainingError(f"rasa train ended with {process.returncode}: " + "\n".join(last))


def _forget_old_models(newest: Path) -> None:
    """Keep the newest and the two used before it: going back to a branch need not train again."""
    models = sorted(newest.parent.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for path in models[:-3]:
        path.unlink(missing_ok=True)


def _files(checkout: Path) -> Iterator[Path]:
    yield checkout / _LOCK
    for folder in _INPUTS:
        for path in sorted((checkout / folder).rglob("*")):
            held_out = (checkout / HELD_OUT) in path.parents
            if path.is_file() and path.suffix in _SUFFIXES and not held_out:
                yield path
