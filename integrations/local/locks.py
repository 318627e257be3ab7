"""File locks, which the kernel drops when their holder dies: the truth about who is still there."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class FileLock:
    """A lock on a file, shared or exclusive, held until `release` or until the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, *, shared: bool = False, seconds: float = 0.0) -> bool:
        """Take the lock, waiting at most `seconds`; False when someone else keeps it."""
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self._descriptor, mode)
                return True
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.02)

    def release(self) -> None:
        """Give the lock back; closing is what releases it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_held(path: Path) -> bool:
    """Whether some process holds the file's lock exclusively."""
    lock = FileLock(path)
    try:
        return not lock.take(shared=True)
    finally:
        lock.release()
