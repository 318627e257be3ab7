"""What processes cost, read from Linux's /proc: CPU seconds and memory of a process and its
children."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MB = 1024


@dataclass(frozen=True, slots=True)
class Stat:
    """One process: its parent, and clock ticks used by itself and by children it has buried."""

    pid: int
    parent: int
    own_ticks: int
    buried_ticks: int


def parse_stat(line: str) -> Stat:
    """A line of /proc/PID/stat. The name in it may hold spaces and brackets."""
    before, _, after = line.rpartition(")")
    fields = after.split()
    user, system, buried_user, buried_system = map(int, fields[11:15])
    pid = int(before.split(" ", 1)[0])
    return Stat(pid, int(fields[1]), user + system, buried_user + buried_system)


def parse_kilobytes(text: str, name: str) -> int | None:
    """A field such as `VmRSS:  1234 kB` of /proc/PID/status or smaps_rollup; None when absent."""
    for line in text.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return None


def tree_of(root: int, stats: Mapping[int, Stat]) -> list[Stat]:
    """A process and all below it; empty when it is gone."""
    if root not in stats:
        return []
    below = [tree_of(stat.pid, stats) for stat in stats.values() if stat.parent == root]
    return [stats[root], *(stat for branch in below for stat in branch)]


def cpu_seconds(tree: Iterable[Stat], ticks_per_second: int) -> float:
    """CPU used so far by these processes and those they have buried."""
    ticks = sum(stat.own_ticks + stat.buried_ticks for stat in tree)
    return ticks / ticks_per_second


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process with its children: CPU seconds since its start, megabytes held now. `pss`
    counts a page shared by n processes as an n-th for each."""

    cpu: float
    rss: float
    pss: float


def cost_of(root: int) -> Cost | None:
    """What a process costs; None when it is gone."""
    tree = tree_of(root, _all_stats())
    if not tree:
        return None
    pids = [stat.pid for stat in tree]
    rss = sum(_kilobytes(pid, "status", "VmRSS") for pid in pids)
    pss = sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in pids)
    cpu = cpu_seconds(tree, os.sysconf("SC_CLK_TCK"))
    return Cost(cpu, round(rss / MB, 1), round(pss / MB, 1))


def find_process(words: Iterable[str]) -> int | None:
    """The first process whose command line holds all these words."""
    for stat in _all_stats().values():
        command = _read(PROC / str(stat.pid) / "cmdline").replace("\0", " ")
        if command and all(word in command for word in words):
            return stat.pid
    return None


def _all_stats() -> dict[int, Stat]:
    lines = (_read(folder / "stat") for folder in PROC.iterdir() if folder.name.isdigit())
    stats = (parse_stat(line) for line in lines if line)
    return {stat.pid: stat for stat in stats}


def _kilobytes(pid: int, file: str, name: str) -> int:
    return parse_kilobytes(_read(PROC / str(pid) / file), name) or 0


def _read(path: Path) -> str:
    """The file's text; empty when the process has ended or is not ours to see."""
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace")
    return ""
