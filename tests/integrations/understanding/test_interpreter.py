"""The environment of Rasa, with small scripts in the place of its interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.understanding import interpreter


def made(checkout: Path, body: str) -> Path:
    path = checkout / ".venv-rasa" / "bin" / "python"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_an_environment_that_runs_is_found(tmp_path: Path) -> None:
    assert interpreter.of_environment(tmp_path) is None
    python = made(tmp_path, "echo 3.10")
    assert interpreter.of_environment(tmp_path) == python


@pytest.mark.parametrize("body", ["echo 3.11", "exit 127", "echo 3.10; exit 1", "echo no version"])
def test_one_that_does_not_run_or_is_another_counts_as_none(tmp_path: Path, body: str) -> None:
    made(tmp_path, body)
    assert interpreter.of_environment(tmp_path) is None
