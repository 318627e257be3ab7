"""What is run, with which environment, and when it counts as ready."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integrations.understanding import process, server
from integrations.understanding.commandline import with_our_paths
from integrations.understanding.process import Start, UnderstandingDown, running
from tests.integrations.understanding.imitation import imitation

MODEL = Path("models/abc.tar.gz")


def test_listens_on_loopback_and_warns_only() -> None:
    command = server.command(Path("python"), MODEL, 5005)
    assert command[:4] == ["python", "-m", "rasa", "run"]
    for option, value in (("--interface", "127.0.0.1"), ("--port", "5005")):
        assert command[command.index(option) + 1] == value
    assert {"--quiet", "--enable-api"} <= set(command)


def test_reports_nothing_and_inherits_none_of_our_settings() -> None:
    given = {"HALA_KEYS_FILE": "k", "PATH": "/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = server.environment(given)
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"
    assert environment["PATH"] == "/bin"
    assert "HALA_KEYS_FILE" not in environment
    assert "PYTHONDONTWRITEBYTECODE" not in environment


@pytest.mark.parametrize(
    ("status", "body", "ready"),
    [
        pytest.param(200, {"model_file": "a.tar.gz"}, True, id="loaded"),
        pytest.param(200, {"model_file": None}, False, id="no model"),
        pytest.param(409, {}, False, id="conflict"),
        pytest.param(200, b"<html>", False, id="something else"),
        pytest.param(200, [], False, id="another shape"),
    ],
)
def test_is_ready_when_a_model_is_loaded(status: int, body: Any, ready: bool) -> None:
    with imitation() as rasa:
        rasa.status, rasa.body = status, body
        assert asyncio.run(server.is_ready(rasa.base_url)) is ready


def test_is_not_ready_when_nothing_listens() -> None:
    with imitation() as gone:
        url = gone.base_url
    assert asyncio.run(server.wait_ready(url, 0.1)) is False


def enter(base_url: str, start: Callable[[], Start]) -> bool:
    async def run() -> bool:
        async with running(base_url, start, seconds=3):
            return True

    return asyncio.run(run())


def test_uses_what_already_runs() -> None:
    with imitation() as rasa:
        rasa.body = {"model_file": "a.tar.gz"}
        assert enter(rasa.base_url, lambda: pytest.fail("must not start a second one"))


def test_a_process_that_ends_is_told_with_its_code(tmp_path: Path) -> None:
    with imitation() as gone:
        url = gone.base_url
    start = Start(tmp_path, Path("/bin/false"), MODEL, tmp_path / "logs" / "understanding.log")
    with pytest.raises(UnderstandingDown, match=r"ended with 1, see .*understanding\.log"):
        enter(url, lambda: start)


def test_what_was_started_is_stopped(tmp_path: Path) -> None:
    sleeper = tmp_path / "python"
    sleeper.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'import time; time.sleep(60)'\n")
    sleeper.chmod(0o755)
    started = process.spawn(Start(tmp_path, sleeper, MODEL, tmp_path / "log"), 5999)
    assert started.poll() is None
    process.stop(started)
    assert started.poll() is not None


@pytest.mark.parametrize(
    ("given", "added"),
    [
        pytest.param(
            ["data", "validate"],
            "--data nlu_data --config bot/understanding/config.yml "
            "--domain bot/understanding/domain.yml",
            id="validate",
        ),
        pytest.param(
            ["test", "nlu", "--nlu", "x.yml"],
            "--model models/abc.tar.gz --out evaluations/rasa --domain "
            "bot/understanding/domain.yml",
            id="test with own data",
        ),
        pytest.param(["shell", "nlu"], "--model models/abc.tar.gz", id="shell"),
        pytest.param(["--version"], "", id="unknown"),
    ],
)
def test_our_paths_are_added_where_none_is_given(given: list[str], added: str) -> None:
    assert with_our_paths(given, MODEL) == [*given, *added.split()]
