"""Under which conditions a benchmark ran: without them its figures mean nothing."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import timeit
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from integrations.platform.settings import CHECKOUT

PACKAGES = ("fastapi", "uvicorn", "SQLAlchemy", "psycopg", "cryptography", "twilio")
LOOP = 5_000_000
RASA_LOCK = CHECKOUT / "requirements" / "rasa.txt"


def conditions(database_url: str | None = None) -> dict[str, Any]:
    """The machine, the versions and the commit; of PostgreSQL too when it runs."""
    found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": platform.platform(),
        # Above a tenth or so something else was running and took part of the machine.
        "load_before": round(os.getloadavg()[0], 2),
        # A shared machine's speed drifts: divide by this before two runs are compared.
        "loop_seconds": loop_seconds(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "rasa": locked("rasa", RASA_LOCK.read_text(encoding="utf-8")),
    }
    return found | ({"postgresql": _postgresql(database_url)} if database_url else {})


def loop_seconds() -> float:
    """How long one core takes for five million additions in Python: the least of three tries."""
    return round(min(timeit.repeat(_add_up, number=1, repeat=3)), 3)


def _add_up() -> None:
    total = 0
    for number in range(LOOP):
        total += number


def commit() -> str:
    """The checkout's commit, with `+changes` when files differ from it."""
    short = _git("rev-parse", "--short", "HEAD")
    return short + ("+changes" if _git("status", "--porcelain") else "") if short else "unknown"


def locked(name: str, lock: str) -> str | None:
    """The version a requirements file pins; None when it does not name the package."""
    found = re.search(rf"^{re.escape(name)}==([^\s;\\]+)", lock, re.MULTILINE)
    return found[1] if found else None


def _postgresql(database_url: str) -> dict[str, str]:
    names = ("server_version", "synchronous_commit", "fsync", "shared_buffers")
    with psycopg.connect(database_url) as connection:
        return {
            name: str(connection.execute("select current_setting(%s)", [name]).fetchall()[0][0])
            for name in names
        }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8", errors="replace") if info.exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor()


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(CHECKOUT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
