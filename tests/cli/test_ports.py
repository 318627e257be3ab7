"""A taken port is told in one sentence, before anything is started."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from channels.cli.faults import Fault
from channels.cli.ports import is_free, need_free


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


def test_the_sentence_names_port_process_and_remedy(taken: int) -> None:
    with pytest.raises(Fault) as caught:
        need_free([("gateway", "127.0.0.1", taken, "hala serve --port")])
    sentence = str(caught.value)
    assert f"port {taken} (gateway) is in use" in sentence
    assert "hala serve --port" in sentence
    assert "\n" not in sentence


def test_a_port_is_free_again_at_once_after_its_server_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            connection, _ = server.accept()
            connection.close()  # the closing side keeps the port in its closing time
        assert not is_free("127.0.0.1", port)
    assert is_free("127.0.0.1", port)
    need_free([("gateway", "127.0.0.1", port, "--port")])
