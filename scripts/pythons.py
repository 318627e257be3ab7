"""Finds a Python 3.10 for Rasa 3.6, which runs on nothing newer.

In this order: HALA_RASA_PYTHON, one on PATH, one in pyenv's folder, one that uv can install. Each
is run before it is believed: a pyenv shim exists for every version that was installed somewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.steps import SetupError, data_dir, run, say

WANTED = "3.10"
FOUR_WAYS = (
    "no Python 3.10 was found for Rasa: name one in HALA_RASA_PYTHON, put python3.10 on PATH, "
    "run `pyenv install 3.10`, or let `uv python install 3.10` download one"
)


def version_of(python: str | Path) -> str | None:
    """`3.10` for a Python that runs, None for anything that does not."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python), "-c", question], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def find_rasa_python() -> Path:
    """A Python 3.10 that runs; raises `SetupError` naming the four ways to get one."""
    if named := os.environ.get("HALA_RASA_PYTHON"):
        return _named(named)
    for source in (on_path, in_pyenv, by_uv):
        for python in source():
            if version_of(python) == WANTED:
                return python
    raise SetupError("setup.no_python_310", FOUR_WAYS)


def on_path() -> Iterator[Path]:
    """Each python3.10 of PATH, not only the first, which may be a shim that does not run."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if found := shutil.which(f"python{WANTED}", path=folder):
            yield Path(found)


def in_pyenv() -> Iterator[Path]:
    """The newest 3.10 first."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = (root / "versions").glob(f"{WANTED}*")
    for folder in sorted(folders, key=_release, reverse=True):
        yield folder / "bin" / f"python{WANTED}"


def by_uv(install: Callable[[str, list[str]], None] = run) -> Iterator[Path]:
    """A Python that uv downloads; nothing when there is no network for it."""
    uv = shutil.which("uv") or str(data_dir() / "uv" / "bin" / "uv")
    say("no Python 3.10 on this machine; asking uv for one")
    try:
        if not Path(uv).exists():
            install("uv", [sys.executable, "-m", "venv", str(data_dir() / "uv")])
            install("uv", [str(Path(uv).with_name("pip")), "install", "--quiet", "uv"])
        install("uv-python", [uv, "python", "install", WANTED])
    except SetupError as error:
        say(str(error))
        return
    found = subprocess.run(
        [uv, "python", "find", WANTED], capture_output=True, text=True, check=False
    )
    if found.returncode == 0:
        yield Path(found.stdout.strip())


def _named(named: str) -> Path:
    if version_of(named) != WANTED:
        sentence = f"HALA_RASA_PYTHON={named} is not a Python {WANTED} that runs"
        raise SetupError("setup.no_python_310", sentence)
    return Path(named)


def _release(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.name.split(".") if part.isdigit())
