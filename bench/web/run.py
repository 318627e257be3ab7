"""`hala bench web`: the web chat with many open pages.

A real gateway process on a scratch PostgreSQL and Valkey; a separate process plays pages over
loopback, each from an address of its own. First pages are silent, then their citizens write, then
the gateway is killed and started again while they write. The database is counted afterwards.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import figures
from bench.conditions import conditions
from bench.figures import Figures
from bench.stand import Stand, Wishes, stand
from bench.web import report
from bench.web.load import Wanted, measure, warm_up

ASKED = ("sockets", "rate", "silent_seconds", "seconds", "storm_seconds")
TARGETS = figures.TARGETS.with_name("web_targets.toml")
LOAD_COLUMNS = {
    "turns_per_second": "turns/s",
    "p50_ms": "p50 ms",
    "p95_ms": "p95",
    "p99_ms": "p99",
    "max_ms": "max",
    "gateway_cpu_ms": "CPU ms/turn gateway",
    "postgresql_cpu_ms": "PostgreSQL",
    "valkey_cpu_ms": "Valkey",
    "client_cpu_ms": "client",
    "turns": "turns measured",
    "errors": "errors",
}
MEMORY_COLUMNS = {
    "pss_none_mb": "gateway MB, no socket",
    "pss_idle_mb": "all silent",
    "pss_after_mb": "after the load",
    "pss_kb_a_socket": "kB a silent socket",
    "pss_kb_a_socket_after_load": "kB after the load",
    "idle_cpu_percent": "% of a core, silent",
}
STORM_COLUMNS = {
    "down_seconds": "s without a gateway",
    "back_p50": "back after s, p50",
    "back_p99": "p99",
    "back_seconds": "all",
    "tries_a_page": "tries a page",
    "sent_again": "messages sent again",
    "errors": "errors",
}
BOOKS_COLUMNS = {
    "said": "messages said",
    "replies": "replies shown",
    "repeated": "came again under their number",
    "births": "births with a reference",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; its status is that of `report.finish`."""
    options = _parser().parse_args(arguments)
    return report.finish("web", lambda: run(options), tables, options)


def run(options: argparse.Namespace) -> Figures:
    """Everything measured, under `results` by row."""
    # No answer of these births needs understanding.
    wishes = Wishes(
        understanding=False,
        gateway_workers=options.gateway_workers,
        data_dir=options.data_dir,
    )
    wanted = Wanted(**{name: getattr(options, name) for name in ASKED})
    with stand(wishes, report.say) as ready:
        found = _conditions(ready, options)
        report.say("warming up")
        warm_up(ready)
        results = measure(ready, wanted, report.say)
    targets = figures.verdicts(results, TARGETS)
    return {"conditions": found, "results": results, "targets": targets}


def _conditions(ready: Stand, options: argparse.Namespace) -> Figures:
    asked = {name: getattr(options, name) for name in (*ASKED, "gateway_workers")}
    return conditions(ready.endpoints.database_url) | asked


def tables(results: Figures) -> list[str]:
    """The rows for people."""
    every = {
        "load": LOAD_COLUMNS,
        "memory": MEMORY_COLUMNS,
        "storm": STORM_COLUMNS,
        "books": BOOKS_COLUMNS,
    }
    return [figures.table([results[name]], every[name]) for name in every if name in results]


def _parser() -> argparse.ArgumentParser:
    parser = report.parser("web", __doc__)
    parser.add_argument("--sockets", type=_count, default=500, help="open pages")
    parser.add_argument(
        "--rate", type=_above_nothing, default=100.0, help="messages a second, of all"
    )
    parser.add_argument(
        "--silent-seconds", type=_above_nothing, default=10.0, help="before anybody writes"
    )
    parser.add_argument("--seconds", type=_above_nothing, default=60.0, help="length of the load")
    parser.add_argument(
        "--storm-seconds",
        type=float,
        default=30.0,
        help="length of the load with a restart in it; 0: no restart",
    )
    parser.add_argument("--gateway-workers", type=_count, default=1)
    parser.add_argument("--data-dir", type=Path, help="keep the data there, or attach to it")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one")
    return number


def _above_nothing(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError("more than 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
