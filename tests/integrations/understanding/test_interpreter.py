"""Looking for Python 3.10, with small scripts in the place of interpreters."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.understanding import interpreter


def program(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def python(path: Path, version: str = "3 10") -> Path:
    return program(path, f"echo {version}")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "bin"
    folder.mkdir()
    return {"PATH": str(folder)}


def test_the_named_one_comes_first(tmp_path: Path, environ: dict[str, str]) -> None:
    python(tmp_path / "bin" / "python3.10")
    named = python(tmp_path / "named")
    assert interpreter.find({**environ, "HALA_RASA_PYTHON": str(named)}, tmp_path) == named


@pytest.mark.parametrize("body", ["echo 3 11", "exit 127", "echo not a version"])
def test_a_named_one_that_fails_is_not_replaced(
    tmp_path: Path, environ: dict[str, str], body: str
) -> None:
    python(tmp_path / "bin" / "python3.10")
    named = program(tmp_path / "named", body)
    assert interpreter.find({**environ, "HALA_RASA_PYTHON": str(named)}, tmp_path) is None


def test_the_one_on_path_comes_before_pyenv(tmp_path: Path, environ: dict[str, str]) -> None:
    on_path = python(tmp_path / "bin" / "python3.10")
    python(tmp_path / ".pyenv" / "versions" / "3.10.13" / "bin" / "python3.10")
    assert interpreter.find(environ, tmp_path) == on_path


def test_a_broken_shim_is_passed_over_for_pyenv(tmp_path: Path, environ: dict[str, str]) -> None:
    program(tmp_path / "bin" / "python3.10", "exit 127")
    inside = python(tmp_path / ".pyenv" / "versions" / "3.10.13" / "bin" / "python3.10")
    assert interpreter.find(environ, tmp_path) == inside


def test_uv_is_asked_last(tmp_path: Path, environ: dict[str, str]) -> None:
    installed = python(tmp_path / "uv-made" / "python3.10")
    program(tmp_path / "bin" / "uv", f'[ "$2" = install ] || echo {installed}')
    assert interpreter.find(environ, tmp_path) == installed


def test_uv_without_network_is_none(tmp_path: Path, environ: dict[str, str]) -> None:
    program(tmp_path / "bin" / "uv", "exit 2")
    assert interpreter.find(environ, tmp_path) is None


def test_nothing_anywhere_is_none(tmp_path: Path, environ: dict[str, str]) -> None:
    assert interpreter.find(environ, tmp_path) is None


def test_the_environment_counts_only_when_it_runs(tmp_path: Path) -> None:
    assert interpreter.of_environment(tmp_path) is None
    made = python(tmp_path / ".venv-rasa" / "bin" / "python")
    assert interpreter.of_environment(tmp_path) == made
