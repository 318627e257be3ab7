"""Stock Rasa's turns, measured as ours are.

`python bench/stock_rasa/run.py --variant a|b --clients 8 --conv mixed|form|faq|long` with the
application's interpreter; Rasa itself runs in `.venv-rasa` or the environment `--python` names.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[0] = str(CHECKOUT)  # started as a file, from anywhere

from bench import figures, proc  # noqa: E402
from bench.client import Plan  # noqa: E402
from bench.conditions import conditions  # noqa: E402
from bench.figures import Figures  # noqa: E402
from bench.load import play  # noqa: E402
from bench.stand import BenchError, new_run  # noqa: E402
from bench.stock_rasa.rival import Rival, Setup, rival  # noqa: E402
from bench.stock_rasa.talks import KINDS  # noqa: E402
from integrations.understanding.interpreter import of_environment  # noqa: E402

WARM_UP_TALKS = 2
COMPARED = (("form", 1), ("faq", 1), ("mixed", 1), ("mixed", 0))
COLUMNS = {
    "label": "stock Rasa",
    "kind": "turns",
    "conversations": "conv.",
    "turns_per_second": "turns/s",
    "p50_ms": "p50 ms",
    "p95_ms": "p95",
    "p99_ms": "p99",
    "server_cpu_ms": "CPU ms/turn server",
    "actions_cpu_ms": "actions",
    "server_rss_mb": "MB server",
    "actions_rss_mb": "actions",
    "turns": "turns measured",
    "empty": "empty",
    "errors": "errors",
}


def compare(variants: str, clients: int, say: Callable[[str], None]) -> list[Figures]:
    """Rows for a report of ours, of each variant letter. Raises `BenchError`."""
    return [row for variant in variants for row in _compared(variant, clients, say)]


def _compared(variant: str, clients: int, say: Callable[[str], None]) -> Iterator[Figures]:
    setup = Setup(environment_python(None), variant)
    with rival(setup, say) as running:
        for kind, chosen in COMPARED:
            say(f"stock rasa {variant}: {kind}, {chosen or clients} at a time")
            yield measure(running, setup, kind, chosen or clients, 2)


def measure(running: Rival, setup: Setup, kind: str, clients: int, repeat: int) -> Figures:
    """One row: each client has `repeat` conversations, one after the other."""
    play(_plan(running, kind, 1, WARM_UP_TALKS))
    before = _costs(running)
    measured = play(_plan(running, kind, clients, clients * repeat))
    after = _costs(running)
    turns = len(measured.turns)
    if not turns:
        raise BenchError(f"stock_rasa.nothing_answered: {measured.errors} tries")
    cpu = {name: (after[name].cpu - before[name].cpu) * 1000 / turns for name in after}
    return {
        "label": _label(setup),
        "kind": kind,
        "conversations": clients,
        "turns_per_second": round(turns / measured.seconds, 1),
        **figures.latencies(ms for _, _, ms in measured.turns),
        "by_kind": figures.by_kind(measured.turns),
        **(figures.by_number(measured.turns) if kind == "long" else {}),
        **{f"{name}_cpu_ms": round(used, 1) for name, used in cpu.items()},
        **{f"{name}_rss_mb": cost.rss for name, cost in after.items()},
        "start_seconds": running.start_seconds,
        "empty": measured.empty,
        "errors": measured.errors,
    }


def environment_python(chosen: Path | None) -> Path:
    """The interpreter of the Rasa environment. Raises `BenchError` when there is none."""
    python = chosen or of_environment(CHECKOUT)
    if python is None:
        raise BenchError("stock_rasa.environment: .venv-rasa is missing: run `make setup`")
    return python


def _label(setup: Setup) -> str:
    schema = f", jsonschema {setup.jsonschema}" if setup.jsonschema else ""
    return f"{setup.variant}, {setup.store}{schema}"


def _plan(running: Rival, kind: str, clients: int, talks: int) -> Plan:
    url = f"http://127.0.0.1:{running.port}"
    return Plan("rasa", url, running.port, kind, clients, 0.0, new_run(), talks)


def _costs(running: Rival) -> dict[str, proc.Cost]:
    found = {name: proc.cost_of(root) for name, root in running.roots.items()}
    ended = [name for name, cost in found.items() if cost is None]
    if ended:
        raise BenchError(f"stock_rasa.process_ended: {', '.join(ended)}")
    return {name: cost for name, cost in found.items() if cost is not None}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure one row and print it as a table, its conditions and JSON."""
    options = _parser().parse_args(arguments)
    try:
        setup = Setup(
            environment_python(options.python), options.variant, options.store, options.jsonschema
        )
        with rival(setup, _say) as running:
            row = measure(running, setup, options.conv, options.clients, options.repeat)
    except BenchError as error:
        print(f"stock_rasa: {error}", file=sys.stderr)
        return 1
    print(figures.table([row], COLUMNS))
    print(json.dumps(row | {"conditions": conditions()}, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", choices=["a", "b"], default="b")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--conv", choices=KINDS, default="mixed")
    parser.add_argument("--repeat", type=int, default=4, help="conversations of each client")
    parser.add_argument("--store", choices=["memory", "sqlite"], default="memory")
    parser.add_argument("--jsonschema", default="", help="lay this version over, e.g. 3.2.0")
    parser.add_argument("--python", type=Path, help="interpreter of another Rasa environment")
    return parser


def _say(line: str) -> None:
    print(f"[bench] {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
