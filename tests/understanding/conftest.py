"""One understanding process on the trained model, for all tests that need it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.understanding import interpreter, server, training
from integrations.understanding.process import Start, spawn, stop

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def rasa_python() -> Path:
    """The interpreter of the Rasa environment; tests that need it are skipped without one."""
    python = interpreter.of_environment(CHECKOUT)
    if python is None:
        pytest.skip("no .venv-rasa")
    return python


@pytest.fixture(scope="session")
def data_dir() -> Path:
    return Path(os.environ.get("HALA_DATA_DIR") or CHECKOUT / ".hala")


@pytest.fixture(scope="session")
def start(rasa_python: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """What starts the process on the model of the present data (trained if it must be)."""
    model = training.train(CHECKOUT, data_dir, rasa_python, print)
    return Start(CHECKOUT, rasa_python, model, tmp_path_factory.mktemp("rasa") / "server.log")


@pytest.fixture(scope="session")
def understanding_url(start: Start) -> Iterator[str]:
    """The base URL of a running understanding process, stopped after the last test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = spawn(start, port)
    try:
        url = f"http://127.0.0.1:{port}"
        assert asyncio.run(server.wait_ready(url, 90)), start.log.read_text()
        assert process.poll() is None
        yield url
    finally:
        stop(process)
