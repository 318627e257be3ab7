"""Files that a child process writes its output to, kept from growing for ever.

The child holds the file open, so it is turned over when one is started, never under one that runs.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import IO

LARGEST = 10 * 2**20  # bytes
KEPT = 5


def open_log(path: Path) -> IO[bytes]:
    """The log, to append to. One that grew large is first set aside as `.1`, what was `.1` as `.2`,
    and so on; the oldest goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST:
        _set_aside(path)
    # Appending: whoever shortens the file meanwhile (logrotate's copytruncate) leaves no hole.
    return path.open("ab", buffering=0)


def _set_aside(path: Path) -> None:
    names = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, KEPT + 1))]
    for newer, older in reversed(list(pairwise(names))):
        if newer.exists():
            newer.replace(older)
