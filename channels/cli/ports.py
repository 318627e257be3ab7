"""Finds a taken port before anything is started, so that it can be told in one sentence."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from channels.cli.faults import Fault

Listener = tuple[str, str, int, str]
"""Name, host, port, and the setting that moves it."""


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now; a port in its closing time counts as free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def need_free(listeners: Iterable[Listener]) -> None:
    """Raise `Fault` naming the first port that is taken."""
    for name, host, port, setting in listeners:
        if not is_free(host, port):
            raise Fault(
                f"serve.port_in_use: port {port} ({name}) is in use on {host}; "
                f"end what uses it or choose another with {setting}"
            )
