"""As whom the services run: PostgreSQL refuses root, so root hands them to another account."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from integrations.local.layout import LocalError

UNPRIVILEGED = "nobody"
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """The account of the services; `name` None means the account we run as."""

    name: str | None

    @cached_property
    def ids(self) -> tuple[int, int]:
        """User and group id."""
        if self.name is None:
            return os.geteuid(), os.getegid()
        found = pwd.getpwnam(self.name)
        return found.pw_uid, found.pw_gid

    def own(self, folder: Path) -> None:
        """Make a folder that only this account may enter; refuses one that is someone else's."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), self.ids[0]}:
            raise LocalError(f"{folder} belongs to someone else; remove it or set HALA_DATA_DIR")
        os.chown(folder, *self.ids)
        folder.chmod(0o700)

    def start(
        self, command: Sequence[str | Path], folder: Path, log: IO[bytes] | int, on_death: int
    ) -> subprocess.Popen[bytes]:
        """Start a program that gets the signal `on_death` when we die, however we die."""
        return subprocess.Popen(
            list(command),
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            umask=0o077,
            start_new_session=True,  # Ctrl-C is for the command, which then stops us in order
            preexec_fn=die_with_parent(on_death),
            user=None if self.name is None else self.ids[0],
            group=None if self.name is None else self.ids[1],
            extra_groups=None if self.name is None else [],
        )

    def run(self, command: Sequence[str | Path], folder: Path) -> tuple[int, str]:
        """Run a program to its end; its exit code and the last line it wrote."""
        try:
            process = self.start(command, folder, subprocess.PIPE, signal.SIGKILL)
        except PermissionError:
            return 126, "permission denied"
        lines = b"".join(process.communicate()).decode(errors="replace").strip().splitlines()
        return process.returncode, lines[-1] if lines else ""


def service_account() -> Account:
    """The account services run as: ours, or an unprivileged one when we are root."""
    return Account(UNPRIVILEGED if os.geteuid() == 0 else None)


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def die_with_parent(signal_number: int) -> Callable[[], None] | None:
    """What a child runs before its program, so that it gets this signal when its parent dies.

    None where the system has no such thing.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal_number)

    return ask
