"""What `hala serve` tells the person who started it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from channels.cli.processes import Address
from integrations.platform.settings import Settings

BANNER = "MENU-ONLY MODE: numbers, command words and answers work, free text is not understood"
CHECK_SECONDS = 2.0


def say(line: str) -> None:
    """One line, seen at once also through a pipe."""
    print(f"[hala] {line}", flush=True)


def announce(
    settings: Settings, addresses: Sequence[Address], seconds: float, reason: str | None
) -> None:
    """The addresses to open, and what is missing. `reason`: why there is no understanding."""
    trial = " (trial version)" if settings.trial else ""
    say(f"Hala{trial} is ready in {seconds:.1f} s")
    for address in addresses:
        late = "" if is_up(address.check) else "  (starting)"
        say(f"  {address.name:<14} {address.url}  {address.what}{late}")
    if not settings.is_production:
        say(f"  {'logs':<14} {settings.data_dir.absolute() / 'logs'}")
    if reason:
        say("*" * len(BANNER))
        say(BANNER)
        say(f"because {reason}")
        say("*" * len(BANNER))
    say("Ctrl-C stops everything")


def is_up(check: str) -> bool:
    """Whether a service answers 200; of understanding also that a model is loaded."""
    parts = urlsplit(check)
    connection = http.client.HTTPConnection(parts.netloc, timeout=CHECK_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        body = answer.read()
        return answer.status == http.client.OK and _has_model(parts.path, body)
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _has_model(path: str, body: bytes) -> bool:
    # Rasa answers /status before its model is loaded, and also when that failed.
    return path != "/status" or bool(json.loads(body).get("model_file"))
