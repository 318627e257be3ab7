"""Which statuses a route may answer; a test holds them against the contract."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses` for these statuses."""
    return {status: {"description": HTTPStatus(status).phrase} for status in statuses}
