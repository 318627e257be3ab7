"""Runs one load against a stand and gives its figures, checked against the database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bench import figures, verify
from bench.client import Measured, Plan
from bench.figures import Figures
from bench.proc import Cost
from bench.stand import BenchError, Stand, new_run
from integrations.platform.settings import CHECKOUT

SPARE_SECONDS = 120.0


def play(plan: Plan) -> Measured:
    """Play a plan in a process of its own. Raises `BenchError` when that fails."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        cwd=CHECKOUT,
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=False,
        timeout=plan.seconds + 10 * SPARE_SECONDS,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it wrote nothing"]
        raise BenchError(f"bench.client_failed: {lines[-1]}")
    return measured_of(json.loads(done.stdout))


def measured_of(raw: dict[str, Any]) -> Measured:
    """What the client printed, as it had it."""
    refused = Counter({int(status): count for status, count in raw.pop("refused").items()})
    turns = [(number, kind, ms) for number, kind, ms in raw.pop("turns")]
    return Measured(turns=turns, refused=refused, **raw)


def measure(stand: Stand, kind: str, conversations: int, seconds: float, talks: int = 0) -> Figures:
    """One row of the table. `talks` 0: as many as fit into the seconds."""
    stand.forget_readings()
    run, settings = new_run(), stand.settings
    plan = Plan(
        *("twilio", settings.base_url, settings.port, kind, conversations, seconds, run),
        talks=talks,
        seed=int(run, 16),
        account=settings.twilio_account_sid,
        token=settings.twilio_auth_token.get_secret_value(),
        database_url=stand.endpoints.database_url,
    )
    failed_before, before = stand.readings_failed(), stand.costs()
    measured = play(plan)
    after = stand.costs()
    found = verify.stored(stand.endpoints.database_url, run)
    row = _row(kind, conversations, measured, before, after)
    row["readings_failed"] = stand.readings_failed() - failed_before
    row["births"] = found.births
    row["mismatches"] = verify.mismatches(kind, measured, found, row["readings_failed"])
    return row


def _row(
    kind: str,
    conversations: int,
    measured: Measured,
    before: Mapping[str, Cost],
    after: Mapping[str, Cost],
) -> Figures:
    turns = len(measured.turns)
    if not turns:
        raise BenchError(f"bench.nothing_answered: {kind}/{conversations}: {measured.errors} tries")
    cpu = {name: after[name].cpu - before[name].cpu for name in after} | {
        "client": measured.cpu_seconds
    }
    return {
        "kind": kind,
        "conversations": conversations,
        "turns_per_second": round(turns / measured.seconds, 1),
        "seconds": round(measured.seconds, 2),
        **figures.latencies(ms for _, _, ms in measured.turns),
        "by_kind": figures.by_kind(measured.turns),
        "acknowledged": figures.latencies(measured.acknowledged),
        **{f"{name}_cpu_ms": round(used * 1000 / turns, 2) for name, used in cpu.items()},
        **(figures.by_number(measured.turns) if kind == "long" else {}),
        "errors": measured.errors,
    }


def memory(stand: Stand) -> Figures:
    """Megabytes of each part after the load, shared pages counted fully (rss) and by share (pss).

    PostgreSQL's processes share one cache: only their pss can be added up.
    """
    costs = stand.costs()
    rss = {f"{name}_rss_mb": cost.rss for name, cost in costs.items() if name != "postgresql"}
    return rss | {f"{name}_pss_mb": cost.pss for name, cost in costs.items()}
