"""The key file: made once, ours alone, never replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from integrations.platform.keys import KeysError, create_keys, load_keys, rotate_keys

GOOD = {"current": 1, "data": {"1": "A" * 43 + "="}, "index": "A" * 43 + "="}
FAULTS = {
    "no json": "{",
    "a list": "[]",
    "short key": json.dumps({**GOOD, "index": "AAAA"}),
    "not base64": json.dumps({**GOOD, "index": "?" * 44}),
    "no data": json.dumps({"current": 1, "index": GOOD["index"]}),
    "current missing": json.dumps({**GOOD, "current": 2}),
}


def test_a_new_file_is_ours_alone_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "keys.json"
    made = create_keys(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_keys(path) == made
    assert list(path.parent.iterdir()) == [path]


def test_a_second_making_keeps_the_first(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    assert create_keys(path) == create_keys(path)


def test_rotation_adds_a_key_and_keeps_the_old_and_the_index(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    old, new = create_keys(path), rotate_keys(path)
    assert (new.current, new.data[1], new.index) == (2, old.data[1], old.index)
    assert load_keys(path) == new
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_keys(path)
    path.chmod(0o640)
    with pytest.raises(KeysError, match="others may read it"):
        load_keys(path)


@pytest.mark.parametrize("content", FAULTS.values(), ids=FAULTS)
def test_a_broken_file_is_refused_without_showing_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="ascii")
    path.chmod(0o600)
    with pytest.raises(KeysError) as caught:
        load_keys(path)
    assert "AAAA" not in str(caught.value)


def test_keys_are_not_shown() -> None:
    from integrations.platform.keys import Keys

    assert "secret" not in repr(Keys(1, {1: b"secret" * 6}, b"secret" * 6))
