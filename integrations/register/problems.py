"""What an answer that is no success means: later, or never.

Only the register's own word ends a request for good: a 4xx that carries a problem with a code. The
same status without one may be a proxy's, which knows nothing of our record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.register import RegisterAwayError, RegisterError, RegisterRefusedError

# What waiting, a new token, new credentials or less haste mends.
_LATER = frozenset({401, 403, 408, 421, 425, 429})
_LONGEST = 200  # of a code or a field's name, as they stand in a log


def fault_of(status: int, headers: Mapping[str, str], document: Any) -> RegisterError:
    """The error of an answer with this status."""
    problem = document if isinstance(document, Mapping) else {}
    code = str(problem.get("code") or problem.get("error") or "")[:_LONGEST]
    if status >= 500 or status in _LATER:
        return RegisterAwayError(code or f"http_{status}", _retry_after(headers))
    if 400 <= status < 500 and code:
        return RegisterRefusedError(code, status, _fields(problem))
    return RegisterAwayError(f"http_{status}")


def _fields(problem: Mapping[str, Any]) -> tuple[str, ...]:
    named = problem.get("fields")
    if not isinstance(named, list):
        return ()
    found = (str(each.get("field"))[:_LONGEST] for each in named if isinstance(each, Mapping))
    return tuple(sorted(set(found)))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; the header holds them, or a date."""
    said = headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        at = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
