"""From single times to the figures of a run, and from figures to tables and verdicts."""

from __future__ import annotations

import statistics
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
Turn = tuple[int, str, float]
"""Number of the message within its conversation, its kind, milliseconds until the answer."""

WINDOW = 10
TURN_NUMBERS = (10, 50, 200)
TARGETS = Path(__file__).parent / "data" / "targets.toml"


def percentile(sorted_values: Sequence[float], percent: float) -> float:
    """Between the neighbours by their distance. ValueError without values."""
    if not sorted_values:
        raise ValueError("no values")
    place = (len(sorted_values) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(sorted_values) - 1)
    return sorted_values[low] + (sorted_values[high] - sorted_values[low]) * (place - low)


def latencies(milliseconds: Iterable[float]) -> Figures:
    """Count, p50, p95, p99 and the longest; only the count when there are none."""
    values = sorted(milliseconds)
    if not values:
        return {"turns": 0}
    found = {f"p{p}_ms": round(percentile(values, p), 2) for p in (50, 95, 99)}
    return {"turns": len(values), **found, "max_ms": round(values[-1], 2)}


def by_kind(turns: Sequence[Turn]) -> dict[str, Figures]:
    """Latencies of each kind of message."""
    kinds = sorted({kind for _, kind, _ in turns})
    return {kind: latencies(ms for _, of, ms in turns if of == kind) for kind in kinds}


def by_number(turns: Sequence[Turn]) -> Figures:
    """The median of the ten turns that end at turn 10, 50 and 200, and the last over the first.

    Turns 1 to 10 are the questions, the others corrections; `edits_…` compares only corrections.
    """
    found: Figures = {f"turn_{n}_ms": round(_median(turns, n), 2) for n in TURN_NUMBERS}
    found["turn_200_over_10"] = round(_median(turns, 200) / _median(turns, 10), 2)
    found["edits_200_over_edits_30"] = round(_median(turns, 200) / _median(turns, 30), 2)
    return found


def _median(turns: Sequence[Turn], last: int) -> float:
    return statistics.median(ms for number, _, ms in turns if last - WINDOW < number <= last)


def table(rows: Sequence[Figures], columns: Mapping[str, str]) -> str:
    """A Markdown table. `columns`: heading by the figure's name; a missing figure is `-`."""
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    every = [list(columns.values()), *cells]
    widths = [max(len(row[i]) for row in every) for i in range(len(columns))]
    lines = ["| " + " | ".join(_padded(row, widths)) + " |" for row in every]
    rule = "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def verdicts(results: Mapping[str, Figures], path: Path = TARGETS) -> list[Figures]:
    """Each target with what was measured; `met` None when it was not measured."""
    targets: list[Figures] = tomllib.loads(path.read_text(encoding="utf-8"))["target"]
    return [_verdict(target, results) for target in targets]


def _verdict(target: Figures, results: Mapping[str, Figures]) -> Figures:
    value = results.get(target["run"], {}).get(target["figure"])
    least, most = target.get("at_least"), target.get("at_most")
    wanted = f">= {least:g}" if least is not None else f"<= {most:g}"
    met = None
    if value is not None:
        met = value >= least if least is not None else value <= most
    word = {None: "not measured", True: "met", False: "MISSED"}[met]
    return {"what": target["what"], "wanted": wanted, "measured": value, "met": met, "word": word}
