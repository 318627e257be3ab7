"""`hala bench turns`: durable turns per second, their latencies, CPU and memory.

A real gateway process on a scratch PostgreSQL and Valkey gets real signed webhooks over loopback
from another process. Each turn is committed before its 200; the database is counted afterwards.
No worker runs beside it unless `--worker` is given: replies stay in the outbox.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import figures
from bench.conditions import conditions
from bench.figures import Figures
from bench.load import measure, memory
from bench.stand import BenchError, Stand, Wishes, stand
from bench.stock_rasa.run import COLUMNS as RIVAL_COLUMNS
from bench.stock_rasa.run import compare
from channels.cli.faults import sentence_of
from integrations.platform.settings import CHECKOUT

KINDS = ("form", "faq", "mixed", "long")
NEED_UNDERSTANDING = frozenset({"faq", "mixed"})
RESULTS = CHECKOUT / "bench" / "results"
WARM_UP_SECONDS = 3.0
COLUMNS = {
    "kind": "turns",
    "conversations": "conv.",
    "turns_per_second": "turns/s",
    "p50_ms": "p50 ms",
    "p95_ms": "p95",
    "p99_ms": "p99",
    "max_ms": "max",
    "gateway_cpu_ms": "CPU ms/turn gateway",
    "postgresql_cpu_ms": "PostgreSQL",
    "understanding_cpu_ms": "Rasa",
    "worker_cpu_ms": "worker",
    "client_cpu_ms": "client",
    "turns": "turns measured",
    "errors": "errors",
    "readings_failed": "not read",
}
LONG_COLUMNS = {
    "turn_10_ms": "turn 10 ms",
    "turn_50_ms": "turn 50",
    "turn_200_ms": "turn 200",
    "turn_200_over_10": "200 / 10",
    "edits_200_over_edits_30": "corrections only, 200 / 30",
}
VERDICT_COLUMNS = {"what": "target", "wanted": "wanted", "measured": "measured", "word": ""}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 when it cannot run or the database lacks what was answered."""
    options = _parser().parse_args(arguments)
    try:
        report = run(options)
    except BenchError as error:
        return _fault(str(error))
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        return _fault(sentence)
    print(shown(report))
    _write(report, options.json)
    faults = [f"{row}: {fault}" for row, fault in _mismatches(report)]
    for fault in faults:
        print(f"MISMATCH {fault}", file=sys.stderr)
    return 1 if faults else 0


def run(options: argparse.Namespace) -> Figures:
    """Everything measured, under `results` by `kind/conversations`."""
    wishes = Wishes(
        understanding=bool(NEED_UNDERSTANDING & set(options.kinds)),
        worker=options.worker,
        gateway_workers=options.gateway_workers,
        data_dir=options.data_dir,
    )
    with stand(wishes, _say) as ready:
        report: Figures = {"conditions": _conditions(ready, options)}
        _say("warming up")
        for kind in {"form", *(NEED_UNDERSTANDING & set(options.kinds))}:
            measure(ready, kind, 1, WARM_UP_SECONDS)
        results = dict(_rows(ready, options))
        results["memory"] = memory(ready)
    report |= {"results": results, "targets": figures.verdicts(results)}
    return report | ({"stock_rasa": _stock_rasa(options)} if options.with_stock_rasa else {})


def _rows(ready: Stand, options: argparse.Namespace) -> Iterator[tuple[str, Figures]]:
    for kind in [kind for kind in options.kinds if kind != "long"]:
        for conversations in options.conversations:
            _say(f"{kind}, {conversations} at a time, {options.seconds:g} s")
            yield f"{kind}/{conversations}", measure(ready, kind, conversations, options.seconds)
    if "long" in options.kinds:
        _say(f"{options.long} conversations of 200 turns, one after the other")
        yield "long/1", measure(ready, "long", 1, 0.0, talks=options.long)


def _conditions(ready: Stand, options: argparse.Namespace) -> Figures:
    return conditions(ready.endpoints.database_url) | {
        "seconds": options.seconds,
        "worker": options.worker,
        "gateway_workers": options.gateway_workers,
        "turns_in_flight": ready.settings.turns_in_flight,
    }


def _stock_rasa(options: argparse.Namespace) -> list[Figures]:
    return compare(options.with_stock_rasa, max(options.conversations), _say)


def shown(report: Figures) -> str:
    """The report for people: conditions, tables, verdicts."""
    results = report["results"]
    rows = [row for name, row in results.items() if name != "memory"]
    parts = [
        _told(report["conditions"]),
        figures.table(rows, COLUMNS),
        "Memory: " + _told(results["memory"]),
        figures.table(report["targets"], VERDICT_COLUMNS),
    ]
    if "long/1" in results:
        parts.insert(2, figures.table([results["long/1"]], LONG_COLUMNS))
    if "stock_rasa" in report:
        parts.append("Stock Rasa:\n" + figures.table(report["stock_rasa"], RIVAL_COLUMNS))
    return "\n\n".join(parts)


def _told(values: Figures) -> str:
    plain = {k: v for k, v in values.items() if not isinstance(v, dict)}
    inner = {f"{k} {n}": w for k, v in values.items() if isinstance(v, dict) for n, w in v.items()}
    return ", ".join(f"{name} {value}" for name, value in (plain | inner).items())


def _mismatches(report: Figures) -> list[tuple[str, str]]:
    rows = report["results"].items()
    return [(name, fault) for name, row in rows for fault in row.get("mismatches", [])]


def _write(report: Figures, chosen: Path | None) -> None:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = chosen or RESULTS / f"turns-{moment}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _say(f"written: {path}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hala bench turns", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each run")
    parser.add_argument("--conversations", type=_numbers, default=[1, 8, 64], metavar="1,8,64")
    parser.add_argument("--kinds", type=_kinds, default=list(KINDS), metavar=",".join(KINDS))
    parser.add_argument("--long", type=int, default=10, help="conversations of 200 turns")
    parser.add_argument("--json", type=Path, help="where to write; default bench/results/")
    parser.add_argument("--worker", action="store_true", help="send replies to the simulator too")
    parser.add_argument("--gateway-workers", type=int, default=1)
    parser.add_argument("--data-dir", type=Path, help="keep the data there, or attach to it")
    parser.add_argument("--with-stock-rasa", nargs="?", const="b", choices=["a", "b", "ab"])
    return parser


def _numbers(text: str) -> list[int]:
    numbers = [int(part) for part in text.split(",")]
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError("at least one conversation")
    return numbers


def _kinds(text: str) -> list[str]:
    kinds = text.split(",")
    if unknown := set(kinds) - set(KINDS):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return kinds


def _say(line: str) -> None:
    print(f"[bench] {line}", file=sys.stderr, flush=True)


def _fault(sentence: str) -> int:
    print(f"hala bench: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
