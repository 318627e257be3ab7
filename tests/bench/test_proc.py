"""Reading /proc: what a process and its children cost."""

from __future__ import annotations

import os

import pytest

from bench.proc import Stat, cost_of, cpu_seconds, parse_kilobytes, parse_stat, tree_of

TAIL = "S 1 10 10 0 -1 4194304 100 0 0 0 {user} {system} {buried} 4 20 0 1 0 5 1 1"


@pytest.mark.parametrize("name", ["postgres", "a name", "odd) (name", "(("])
def test_a_name_may_hold_anything(name: str) -> None:
    line = f"10 ({name}) " + TAIL.format(user=7, system=3, buried=2)
    assert parse_stat(line) == Stat(pid=10, parent=1, own_ticks=10, buried_ticks=6)


def test_memory_fields() -> None:
    text = "Name:\tx\nVmRSS:\t  2048 kB\nVmRSSx:\t 1 kB\n"
    assert parse_kilobytes(text, "VmRSS") == 2048
    assert parse_kilobytes(text, "VmRS") is None


def test_a_tree_holds_children_and_theirs_only() -> None:
    stats = {pid: Stat(pid, parent, 10, 5) for pid, parent in [(1, 0), (2, 1), (3, 2), (4, 1)]}
    assert [stat.pid for stat in tree_of(2, stats)] == [2, 3]
    assert cpu_seconds(tree_of(2, stats), ticks_per_second=100) == 0.3
    assert tree_of(9, stats) == []


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no /proc on this system")
def test_our_own_cost() -> None:
    cost = cost_of(os.getpid())
    assert cost is not None
    assert cost.cpu > 0
    assert cost.rss >= cost.pss > 1
    assert cost_of(2**22 + 1) is None
