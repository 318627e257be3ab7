"""Logs of children are set aside when they are large, and no more than a few are kept."""

from __future__ import annotations

import os
from pathlib import Path

from integrations.platform.logfiles import KEPT, LARGEST, open_log


def grow(path: Path, first: str) -> None:
    """Make a log larger than the limit; its first bytes tell which one it is."""
    path.write_bytes(first.encode())
    os.truncate(path, LARGEST + 1)


def start_of(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(8).rstrip(b"\0").decode()


def test_a_small_log_is_gone_on_with(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "gateway.log"
    for line in (b"one\n", b"two\n"):
        with open_log(log) as file:
            file.write(line)
    assert log.read_bytes() == b"one\ntwo\n"
    os.truncate(log, LARGEST)
    open_log(log).close()
    assert [path.name for path in log.parent.iterdir()] == ["gateway.log"]


def test_a_large_one_is_set_aside_and_the_oldest_goes(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    for number in range(KEPT + 2):
        grow(log, f"log {number}")
        with open_log(log) as file:
            file.write(b"new\n")
        assert log.read_bytes() == b"new\n"
    aside = [tmp_path / f"worker.log.{number}" for number in range(1, KEPT + 1)]
    assert sorted(tmp_path.iterdir()) == sorted([log, *aside])
    assert [start_of(path) for path in aside] == [f"log {n}" for n in range(KEPT + 1, 1, -1)]


def test_a_gap_among_those_set_aside_is_filled(tmp_path: Path) -> None:
    log = tmp_path / "simulator.log"
    (tmp_path / "simulator.log.2").write_bytes(b"older")
    grow(log, "log")
    open_log(log).close()
    assert start_of(tmp_path / "simulator.log.1") == "log"
    assert (tmp_path / "simulator.log.3").read_bytes() == b"older"


def test_who_shortens_a_log_leaves_no_hole_in_it(tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    with open_log(log) as file:
        file.write(b"before\n")
        os.truncate(log, 0)
        file.write(b"after\n")
    assert log.read_bytes() == b"after\n"
