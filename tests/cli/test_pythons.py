"""Finding a Python 3.10 that really runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import pythons
from scripts.steps import SetupError

SHIM = "#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n"
WORKS = "#!/bin/sh\necho 3.10\n"
OTHER = "#!/bin/sh\necho 3.12\n"


@pytest.fixture(autouse=True)
def _bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Python 3.10 anywhere, and no uv."""
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("HALA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("HALA_RASA_PYTHON", raising=False)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("text", "version"),
    [(WORKS, "3.10"), (OTHER, "3.12"), (SHIM, None)],
    ids=["3.10", "3.12", "a shim that does not run"],
)
def test_a_python_is_run_before_it_is_believed(
    tmp_path: Path, text: str, version: str | None
) -> None:
    assert pythons.version_of(program(tmp_path / "python3.10", text)) == version


def test_a_missing_python_has_no_version(tmp_path: Path) -> None:
    assert pythons.version_of(tmp_path / "nowhere") is None


def test_the_named_python_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "path" / "python3.10", WORKS)
    named = program(tmp_path / "named", WORKS)
    monkeypatch.setenv("HALA_RASA_PYTHON", str(named))
    assert pythons.find_rasa_python() == named


@pytest.mark.parametrize("text", [OTHER, SHIM, "#!/bin/sh\necho not a version\n"])
def test_a_named_python_that_is_not_one_is_refused_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    program(tmp_path / "path" / "python3.10", WORKS)
    monkeypatch.setenv("HALA_RASA_PYTHON", str(program(tmp_path / "named", text)))
    with pytest.raises(SetupError, match=r"HALA_RASA_PYTHON=.* is not a Python 3.10"):
        pythons.find_rasa_python()


def test_a_shim_on_path_does_not_hide_the_python_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "path" / "python3.10", SHIM)
    real = program(tmp_path / "second" / "python3.10", WORKS)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{tmp_path / 'second'}")
    assert pythons.find_rasa_python() == real


def test_the_one_on_path_comes_before_pyenv(tmp_path: Path) -> None:
    on_path = program(tmp_path / "path" / "python3.10", WORKS)
    program(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python3.10", WORKS)
    assert pythons.find_rasa_python() == on_path


def test_pyenv_gives_its_newest_release(tmp_path: Path) -> None:
    program(tmp_path / "path" / "python3.10", SHIM)
    for release in ("3.10.4", "3.10.13", "3.10.9"):
        program(tmp_path / "pyenv" / "versions" / release / "bin" / "python3.10", WORKS)
    assert "3.10.13" in str(pythons.find_rasa_python())


def test_uv_is_asked_last_and_its_python_taken(tmp_path: Path) -> None:
    found = program(tmp_path / "uv-made" / "python3.10", WORKS)
    uv = f'#!/bin/sh\n[ "$2" = find ] && echo {found}\nexit 0\n'
    program(tmp_path / "path" / "uv", uv)
    assert pythons.find_rasa_python() == found


def test_without_any_the_error_names_the_four_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tmp_path / "path" / "uv", "#!/bin/sh\necho 'no network'; exit 2\n")
    with pytest.raises(SetupError) as caught:
        pythons.find_rasa_python()
    assert caught.value.code == "setup.no_python_310"
    for way in ("HALA_RASA_PYTHON", "PATH", "pyenv install", "uv python install"):
        assert way in str(caught.value)
    assert "no network" in capsys.readouterr().out
