"""How the understanding process is started and how one knows that it is ready.

`hala serve` supervises the process; this module only says what to run. Rasa's own log would name
texts at debug level, so it is told to warn only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

PROJECT = Path("bot/understanding")
# Rasa reaches for these at import or start: a usage report, GPU chatter, notices for developers.
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_MAX_CACHE_SIZE": "0",  # its training cache holds sentences; ours is the model's name
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "",
    "SANIC_ACCESS_LOG": "false",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    # One short text at a time: more threads only take the other processes' core.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment Rasa runs with. HALA_ names are left out: it needs none of our secrets."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("HALA_")}
    ignored = ",".join(
        f"ignore::{category}" for category in ("DeprecationWarning", "PendingDeprecationWarning")
    )
    # A bytecode-less start takes 16 s instead of 6.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, **_QUIET, "PYTHONWARNINGS": ignored}


def rasa(python: Path, *arguments: str) -> list[str]:
    """Rasa's own command line in its environment; run it with the checkout as working folder."""
    return [str(python), "-m", "rasa", *arguments]


def command(python: Path, model: Path, port: int, host: str = "127.0.0.1") -> list[str]:
    """The server on a trained model. `python`: the interpreter of the Rasa environment."""
    return rasa(
        python,
        *("run", "--enable-api", "--quiet"),
        *("--interface", host, "--port", str(port)),
        *("--model", str(model)),
        *("--endpoints", str(PROJECT / "endpoints.yml")),
        *("--credentials", str(PROJECT / "credentials.yml")),
    )


async def is_ready(base_url: str) -> bool:
    """Whether a model is loaded: the server answers before that, and only logs a failed load."""
    try:
        async with httpx.AsyncClient(base_url=base_url, timeout=2.0, trust_env=False) as http:
            answer = await http.get("/status")
        return answer.status_code == 200 and bool(answer.json().get("model_file"))
    except (httpx.HTTPError, ValueError, AttributeError):
        return False


async def wait_ready(base_url: str, seconds: float = 60.0) -> bool:
    """Wait until the server can parse; False when the time is up."""
    end = time.monotonic() + seconds
    while not await is_ready(base_url):
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(0.2)
    return True
