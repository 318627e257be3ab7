"""The understanding process (Rasa): its client, its command line, its training."""

from __future__ import annotations

from integrations.understanding.cache import ParseCache, Store
from integrations.understanding.client import Understanding

__all__ = ["ParseCache", "Store", "Understanding"]
