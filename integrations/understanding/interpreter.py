"""Whether the environment that Rasa runs in is there: rasa 3.6.21 runs on Python 3.10 only.

Setup finds the Python and makes the environment (`scripts`); the service only looks for it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

WANTED = "3.10"


def of_environment(checkout: Path) -> Path | None:
    """The interpreter of `.venv-rasa`, if it has been made and runs: it does not any more when the
    Python it was made with was uninstalled."""
    python = checkout / ".venv-rasa" / "bin" / "python"
    return python if _version(python) == WANTED else None


def _version(python: Path) -> str | None:
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [str(python), "-c", question], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
