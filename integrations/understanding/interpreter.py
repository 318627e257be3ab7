"""Finds a Python 3.10 for the Rasa environment: rasa 3.6.21 runs on nothing newer.

Standard library only, so that the bootstrap can load it before any package is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

WANTED = (3, 10)
FOUR_WAYS = (
    "No Python 3.10 for understanding: set HALA_RASA_PYTHON, put python3.10 on PATH, "
    "install one with pyenv, or let `uv python install 3.10` fetch one."
)


def find(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> Path | None:
    """The first Python 3.10 that really runs (a pyenv shim may exist and not run); None if none.

    Order: HALA_RASA_PYTHON, PATH, pyenv's versions folder, `uv python install`. A HALA_RASA_PYTHON
    that does not run is not replaced by another one: None.
    """
    if named := environ.get("HALA_RASA_PYTHON"):
        return Path(named) if runs(Path(named)) else None
    for candidate in _candidates(environ, home or Path.home()):
        if runs(candidate):
            return candidate
    return _from_uv(environ)


def of_environment(checkout: Path) -> Path | None:
    """The interpreter of `.venv-rasa`, if it has been made and runs."""
    python = checkout / ".venv-rasa" / "bin" / "python"
    return python if runs(python) else None


def runs(python: Path) -> bool:
    """Whether the file is a Python of the wanted version that starts."""
    answer = _output([str(python), "-c", "import sys; print(*sys.version_info[:2])"], 20)
    return answer == " ".join(map(str, WANTED))


def _candidates(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    if on_path := shutil.which("python3.10", path=environ.get("PATH")):
        yield Path(on_path)
    root = Path(environ.get("PYENV_ROOT") or home / ".pyenv")
    yield from sorted(root.glob("versions/3.10*/bin/python3.10"), reverse=True)


def _from_uv(environ: Mapping[str, str]) -> Path | None:
    uv = shutil.which("uv", path=environ.get("PATH"))
    if uv is None:
        return None
    if _output([uv, "python", "install", "3.10"], 300) is None:
        return None
    found = _output([uv, "python", "find", "3.10"], 20)
    return Path(found) if found and runs(Path(found)) else None


def _output(command: list[str], seconds: float) -> str | None:
    """What a command prints; None when it cannot be run, fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
