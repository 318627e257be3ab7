"""What the register tells of its own accord, in the order of its feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `id` is the same when it is told twice.

    `type` may be one we do not know. Never log `reference` or `data`.
    """

    id: UUID
    cursor: int
    type: str
    transaction_id: UUID
    reference: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Events:
    """Some events, and the cursor to go on from."""

    events: tuple[Event, ...]
    cursor: int
