"""How a benchmark of the web chat begins and ends: options, tables, file, status."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import figures
from bench.figures import Figures
from bench.stand import BenchError
from bench.turns import RESULTS, VERDICT_COLUMNS
from channels.cli.faults import sentence_of


def parser(name: str, description: str | None) -> argparse.ArgumentParser:
    """The options that both have."""
    made = argparse.ArgumentParser(prog=f"hala bench {name}", description=description)
    made.add_argument("--json", type=Path, help="where to write; default bench/results/")
    made.add_argument("--strict", action="store_true", help="1 when a target is missed")
    return made


def finish(
    name: str,
    run: Callable[[], Figures],
    tables: Callable[[Figures], list[str]],
    options: argparse.Namespace,
) -> int:
    """Run, tell, write; 1 when it cannot run, when something does not add up (`mismatches`), and
    with `--strict` when a target is missed."""
    try:
        report = run()
    except BenchError as error:
        return _fault(str(error))
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        return _fault(sentence)
    print(shown(report, tables(report["results"])))
    _write(name, report, options.json)
    faults = [fault for row in report["results"].values() for fault in row.get("mismatches", [])]
    for fault in faults:
        print(f"MISMATCH {fault}", file=sys.stderr)
    missed = [target for target in report["targets"] if target["met"] is False]
    return 1 if faults or (options.strict and missed) else 0


def shown(report: Figures, tables: list[str]) -> str:
    """The report for people: conditions, tables, verdicts."""
    told = {k: v for k, v in report["conditions"].items() if not isinstance(v, dict)}
    conditions = ", ".join(f"{name} {value}" for name, value in told.items())
    return "\n\n".join([conditions, *tables, figures.table(report["targets"], VERDICT_COLUMNS)])


def say(line: str) -> None:
    """What happens now."""
    print(f"[bench] {line}", file=sys.stderr, flush=True)


def _write(name: str, report: Figures, chosen: Path | None) -> None:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = chosen or RESULTS / f"{name}-{moment}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"written: {path}")


def _fault(sentence: str) -> int:
    print(f"hala bench: {sentence}", file=sys.stderr)
    return 1
