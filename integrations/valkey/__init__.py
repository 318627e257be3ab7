"""Valkey carries what may be lost: wake-ups, limits, a parse cache. Everything works without."""
