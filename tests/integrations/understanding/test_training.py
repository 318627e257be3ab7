"""When a model is trained, what it is named by, and what is left behind when training fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from integrations.understanding import training

TRAINS = """
out=""; name=""; touch "$0.called"
while [ $# -gt 0 ]; do
  case "$1" in --out) out="$2";; --fixed-model-name) name="$2";; esac
  shift
done
echo "INFO  hooks - Starting to train component 'MoroccanTokenizer'."
echo model > "$out/$name"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "nlu_data/fr/greet.yml": "bonjour",
        "nlu_data/held_out/fr.yml": "salut",
        "bot/understanding/config.yml": "pipeline",
        "bot/language/text.py": "fold",
        "requirements/rasa.txt": "rasa==3.6.21",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def interpreter(folder: Path, body: str) -> Path:
    path = folder / "python"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "nlu_data/fr/greet.yml",
        "bot/understanding/config.yml",
        "bot/language/text.py",
        "requirements/rasa.txt",
    ],
)
def test_the_fingerprint_follows_everything_a_model_is_made_of(checkout: Path, name: str) -> None:
    before = training.fingerprint(checkout)
    (checkout / name).write_text("changed")
    assert training.fingerprint(checkout) != before


@pytest.mark.parametrize(
    "name", ["nlu_data/held_out/fr.yml", "bot/language/__pycache__/text.pyc", "bot/flows/birth.py"]
)
def test_the_fingerprint_follows_nothing_else(checkout: Path, name: str) -> None:
    before = training.fingerprint(checkout)
    (checkout / name).parent.mkdir(parents=True, exist_ok=True)
    (checkout / name).write_text("changed")
    assert training.fingerprint(checkout) == before


def test_a_renamed_file_is_another_state(checkout: Path) -> None:
    before = training.fingerprint(checkout)
    (checkout / "nlu_data/fr/greet.yml").rename(checkout / "nlu_data/fr/hello.yml")
    assert training.fingerprint(checkout) != before


def test_trains_once_and_tells_what_it_does(checkout: Path, tmp_path: Path) -> None:
    said: list[str] = []
    python = interpreter(tmp_path, TRAINS)
    first = training.train(checkout, tmp_path / "data", python, said.append)
    assert first.read_text() == "model\n"
    assert any("component 'MoroccanTokenizer'" in line for line in said)
    (tmp_path / "python.called").unlink()
    assert training.train(checkout, tmp_path / "data", python, said.append) == first
    assert "up to date" in said[-1]
    assert not (tmp_path / "python.called").exists()


def test_force_trains_again(checkout: Path, tmp_path: Path) -> None:
    python = interpreter(tmp_path, TRAINS)
    training.train(checkout, tmp_path / "data", python, print)
    (tmp_path / "python.called").unlink()
    training.train(checkout, tmp_path / "data", python, print, force=True)
    assert (tmp_path / "python.called").exists()


def test_a_failed_training_leaves_no_model_and_says_why(checkout: Path, tmp_path: Path) -> None:
    broken = TRAINS + "echo 'No space left on device'; exit 3"
    python = interpreter(tmp_path, broken)
    with pytest.raises(training.TrainingError, match=r"ended with 3[\s\S]*No space left"):
        training.train(checkout, tmp_path / "data", python, print)
    assert list((tmp_path / "data" / "models").iterdir()) == []


def test_three_models_are_kept(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "models"
    folder.mkdir(parents=True)
    for age in range(4):
        path = folder / f"old{age}.tar.gz"
        path.write_text("x")
        os.utime(path, (1000 - age, 1000 - age))
    python = interpreter(tmp_path, TRAINS)
    newest = training.train(checkout, tmp_path / "data", python, print)
    assert {p.name for p in folder.iterdir()} == {newest.name, "old0.tar.gz", "old1.tar.gz"}
