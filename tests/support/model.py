"""Fixtures of the trained model: one understanding process for a whole test run."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.dialogue.messages import Understood
from integrations.understanding import interpreter, server, training
from integrations.understanding.client import Understanding
from integrations.understanding.process import Start, spawn, stop
from tests.support.phone import Reader

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
    """Where trained models are kept."""
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


@pytest.fixture(scope="session")
def understand(understanding_url: str) -> Reader:
    """The trained model as a plain function; what it said is kept, since talks repeat
    themselves."""
    known: dict[str, Understood | None] = {}

    async def ask(text: str) -> Understood | None:
        client = Understanding(understanding_url, timeout=5.0)
        try:
            return await client.understand(text)
        finally:
            await client.close()

    def read(text: str) -> Understood | None:
        if text not in known:
            known[text] = asyncio.run(ask(text))
        return known[text]

    return read
