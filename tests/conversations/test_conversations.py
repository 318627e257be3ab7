"""Plays every conversation file of this folder through the core and the trained model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.phone import Reader
from tests.support.script import play, read_script

FILES = sorted(Path(__file__).parent.glob("*.talk"))


@pytest.mark.model
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_conversation(path: Path, understand: Reader) -> None:
    play(read_script(path), understand)


def test_there_are_conversations_in_every_variety() -> None:
    stems = " ".join(path.stem for path in FILES)
    for variety in ("msa", "darija", "arabizi", "fr", "mixed"):
        assert f"birth_{variety}" in stems


# French births are told in three files, the other varieties in two.
BIRTHS = {"fr": ("birth_fr", "birth_interrupted", "birth_resumed")} | {
    variety: (f"birth_{variety}", f"birth_{variety}_again")
    for variety in ("msa", "darija", "arabizi", "mixed")
}


@pytest.mark.parametrize("variety", BIRTHS)
def test_each_variety_has_births_left_and_taken_up_again(variety: str) -> None:
    scripts = [read_script(Path(__file__).parent / f"{name}.talk") for name in BIRTHS[variety]]
    marks = {mark for script in scripts for _, mark, _ in script.lines}
    assert {"C:", "H:", "@", "=", "~"} <= marks


def test_a_line_of_no_known_kind_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "odd.talk"
    path.write_text("C: bonjour\nX: ?\n", "utf-8")
    with pytest.raises(ValueError, match=r"odd.talk:2"):
        read_script(path)


def test_a_reply_that_lacks_the_words_fails(tmp_path: Path) -> None:
    path = tmp_path / "wrong.talk"
    path.write_text("C: menu\nH: ces mots n'y sont pas\n", "utf-8")
    with pytest.raises(AssertionError, match="not in the reply"):
        play(read_script(path), lambda _text: None)
