"""Stops asking a service that does not answer, so that a dead one costs a turn nothing."""

from __future__ import annotations

from collections.abc import Callable


class Breaker:
    """Opens after `limit` failures in a row; after `pause_seconds` lets one trial call through."""

    def __init__(self, limit: int, pause_seconds: float, clock: Callable[[], float]) -> None:
        """`clock`: seconds, monotonic."""
        self._limit, self._pause, self._clock = limit, pause_seconds, clock
        self._failures = 0
        self._retry_at: float | None = None

    @property
    def is_open(self) -> bool:
        """True while calls are refused or a trial is still out."""
        return self._retry_at is not None

    def allows(self) -> bool:
        """Whether to call now. When half-open only the first caller is let through: its outcome
        decides for the others, and the wait begins anew should it never come back."""
        if self._retry_at is None:
            return True
        if self._clock() < self._retry_at:
            return False
        self._retry_at = self._clock() + self._pause
        return True

    @property
    def pause(self) -> float:
        """Seconds until a call may be let through; 0 when one may now."""
        return 0.0 if self._retry_at is None else max(0.0, self._retry_at - self._clock())

    def succeeded(self) -> None:
        """The call was answered: close."""
        self._failures, self._retry_at = 0, None

    def failed(self) -> None:
        """The call was not answered: count, and open at the limit or after a failed trial."""
        self._failures += 1
        if self._failures >= self._limit:
            self._retry_at = self._clock() + self._pause
