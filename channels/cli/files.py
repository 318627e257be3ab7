"""Files that hold what only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path

from channels.cli.faults import Fault


def new_private_file(path: Path, code: str) -> int:
    """The descriptor of a new file, mode 0600. Raises `Fault` with the code, also where a file
    stands already: its reader may be somebody else."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Fault(f"{code}: {path}: {error.strerror}") from None
