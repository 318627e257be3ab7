"""Setup: what is done is left alone, and every failure is one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import bootstrap, catalogues, environments, steps

REQUIREMENTS = steps.CHECKOUT / "requirements"


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("OSError: [Errno 28] No space left on device", "setup.disk_full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES from the file", "setup.broken_download"),
        ("Caused by NewConnectionError('...')", "setup.no_network"),
        ("ERROR: No matching distribution found for rasa==3.6.21", "setup.no_wheel"),
        ("something\nan error nobody knows\n", "setup.failed"),
    ],
)
def test_an_installer_that_fails_is_told_in_one_sentence(output: str, code: str) -> None:
    error = steps.explain("rasa", output, Path("/logs/setup-rasa.log"))
    assert error.code == code
    assert str(error).startswith(f"{code}: rasa: ")
    assert "\n" not in str(error)
    assert "/logs/setup-rasa.log" in str(error)


def test_an_unknown_failure_shows_the_last_line() -> None:
    error = steps.explain("app", "first\nthe cause\n\n", Path("log"))
    assert "the cause" in str(error)
    assert "first" not in str(error)


def test_a_command_that_fails_leaves_its_output_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALA_DATA_DIR", str(tmp_path))
    script = "print('No space left on device'); raise SystemExit(1)"
    seen: list[str] = []
    with pytest.raises(steps.SetupError, match="the disk is full"):
        steps.run("trial", [sys.executable, "-c", script], seen.append)
    log = tmp_path / "logs" / "setup-trial.log"
    assert log.read_text(encoding="utf-8") == "".join(seen) == "No space left on device\n"


def test_a_command_that_works_raises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALA_DATA_DIR", str(tmp_path))
    seen: list[str] = []
    steps.run("trial", [sys.executable, "-c", "print('fine')"], seen.append)
    assert seen == ["fine\n"]


def test_a_disk_too_small_is_told_with_both_figures(tmp_path: Path) -> None:
    steps.need_space(tmp_path, 1)
    with pytest.raises(steps.SetupError, match=r"setup.disk_full: 999999999 MB .* \d+ MB are free"):
        steps.need_space(tmp_path, 999_999_999)


def test_a_stamp_holds_what_was_done_and_survives_damage(tmp_path: Path) -> None:
    steps.write_stamp(tmp_path, app="1")
    steps.write_stamp(tmp_path, dev="2")
    assert steps.read_stamp(tmp_path) == {"app": "1", "dev": "2"}
    (tmp_path / steps.STAMP).write_text("{", encoding="utf-8")
    assert steps.read_stamp(tmp_path) == {}


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    lock = tmp_path / "app.txt"
    lock.write_text("a==1", encoding="utf-8")
    before = steps.fingerprint(lock)
    lock.write_text("a==2", encoding="utf-8")
    assert steps.fingerprint(lock) != before


def test_an_old_python_is_told_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    assert bootstrap.main([]) == 1
    said = capsys.readouterr().err
    assert said.startswith("setup.old_python: ")
    assert "3.11" in said
    assert "3.9.18" in said
    assert said.count("\n") == 1


def test_the_project_is_linked_so_that_hala_runs(tmp_path: Path) -> None:
    environment = tmp_path / "a folder with spaces"
    (environment / "bin").mkdir(parents=True)
    (environment / "lib" / "python3" / "site-packages").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(sys.executable)
    environments.link_project(environment)
    hala = environment / "bin" / "hala"
    path = str(environment / "lib" / "python3" / "site-packages" / "hala.pth")
    assert Path(path).read_text(encoding="utf-8").strip() == str(steps.CHECKOUT)
    text = hala.read_text(encoding="utf-8")
    assert f'"{environment}/bin/python"' in text
    assert os.access(hala, os.X_OK)
    assert "from channels.cli.main import main" in text


def test_a_catalogue_is_compiled_only_when_it_changed(tmp_path: Path) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, made = folder / "citizen.po", folder / "citizen.mo"
    source.write_text("", encoding="utf-8")
    assert catalogues.stale(tmp_path) == [source]
    made.write_bytes(b"")
    os.utime(source, (1, 1))
    assert catalogues.stale(tmp_path) == []


def test_the_locks_hold_hashes_and_no_addresses() -> None:
    for lock in REQUIREMENTS.glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        pins = re.findall(r"^\S+==", text, re.MULTILINE)
        unhashed = re.findall(r"^\S+==[^\\\n]*$", text, re.MULTILINE)
        assert pins, lock.name
        assert unhashed == [], lock.name
        assert "://" not in text, lock.name
        assert "--index-url" not in text, lock.name


def test_what_tests_use_includes_what_runs() -> None:
    app, dev = (_pins(REQUIREMENTS / f"{name}.txt") for name in ("app", "dev"))
    assert app.items() <= dev.items()


def test_a_second_setup_waits_for_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALA_DATA_DIR", str(tmp_path))
    code = "from scripts.steps import alone\nwith alone(): print('mine', flush=True)"
    with steps.alone():
        second = subprocess.Popen(
            [sys.executable, "-c", code], cwd=steps.CHECKOUT, stdout=subprocess.PIPE, text=True
        )
        assert second.stdout is not None
        assert "another setup is running" in second.stdout.readline()
        assert second.poll() is None
    with second:
        assert second.stdout.readline() == "mine\n"


def test_setup_needs_nothing_but_the_standard_library() -> None:
    code = "import scripts.bootstrap, scripts.environments, scripts.catalogues, scripts.pythons"
    command = [sys.executable, "-S", "-I", "-c", f"import sys; sys.path.insert(0, '.'); {code}"]
    subprocess.run(command, cwd=steps.CHECKOUT, check=True)


def _pins(lock: Path) -> dict[str, str]:
    found = re.findall(r"^(\S+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)
