"""Benchmarks: how fast a durable turn is, and what stock Rasa does on the same machine."""
