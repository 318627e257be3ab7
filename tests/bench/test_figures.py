"""Percentiles, windows, tables and verdicts of the benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.figures import Turn, by_kind, by_number, latencies, percentile, table, verdicts


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7.0], 99, 7.0),
        ([1.0, 2.0], 50, 1.5),
        ([1.0, 2.0, 3.0], 50, 2.0),
        ([float(n) for n in range(101)], 95, 95.0),
        ([0.0, 10.0], 99, 9.9),
    ],
    ids=["one", "between two", "middle", "of a hundred", "near the end"],
)
def test_percentile(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == pytest.approx(expected)


def test_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_latencies_do_not_need_an_order() -> None:
    found = latencies([3.0, 1.0, 2.0])
    assert found == {"turns": 3, "p50_ms": 2.0, "p95_ms": 2.9, "p99_ms": 2.98, "max_ms": 3.0}
    assert latencies([]) == {"turns": 0}


def test_kinds_are_told_apart() -> None:
    found = by_kind([(1, "form", 1.0), (2, "free", 9.0), (3, "form", 3.0)])
    assert {kind: row["p50_ms"] for kind, row in found.items()} == {"form": 2.0, "free": 9.0}


def test_the_cost_of_late_turns_is_told_over_the_cost_of_early_ones() -> None:
    turns: list[Turn] = [(n, "form", 2.0 if n <= 10 else 3.0) for n in range(1, 201)]
    found = by_number(turns)
    assert (found["turn_10_ms"], found["turn_200_ms"]) == (2.0, 3.0)
    assert found["turn_200_over_10"] == 1.5
    assert found["edits_200_over_edits_30"] == 1.0


def test_table_aligns_and_marks_what_is_missing() -> None:
    told = table([{"a": "x", "b": 1.5}, {"a": "longer"}], {"a": "name", "b": "ms"})
    assert told.splitlines() == [
        "|   name |  ms |",
        "|-------:|----:|",
        "|      x | 1.5 |",
        "| longer |   - |",
    ]


@pytest.mark.parametrize(
    ("limit", "value", "word"),
    [
        ("at_least = 400", 400.0, "met"),
        ("at_least = 400", 399.9, "MISSED"),
        ("at_most = 1.2", 1.2, "met"),
        ("at_most = 1.2", 1.21, "MISSED"),
        ("at_most = 1.2", None, "not measured"),
    ],
)
def test_verdict(tmp_path: Path, limit: str, value: float | None, word: str) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(f'[[target]]\nwhat = "x"\nrun = "form/64"\nfigure = "f"\n{limit}\n', "utf-8")
    results = {} if value is None else {"form/64": {"f": value}}
    assert [verdict["word"] for verdict in verdicts(results, path)] == [word]


def test_every_target_of_ours_names_a_run() -> None:
    assert [verdict["word"] for verdict in verdicts({})] == ["not measured"] * 6
