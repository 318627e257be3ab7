"""The journeys a citizen can make, one data file each, loaded and checked once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from bot.flows.model import Flow, FlowError, Question, Ring, flow_from

__all__ = ["Flow", "FlowError", "Question", "Ring", "all_flows", "flow_named"]

BESIDE = ("words.toml", "papers.toml")  # of this folder, what is no flow


@cache
def all_flows() -> dict[str, Flow]:
    """Every flow by its id."""
    here = {p.name: p for p in files(__name__).iterdir() if p.name.endswith(".toml")}
    texts = [here[name].read_text("utf-8") for name in sorted(here) if name not in BESIDE]
    flows = [flow_from(tomllib.loads(text)) for text in texts]
    return {flow.id: flow for flow in flows}


def flow_named(flow_id: str) -> Flow:
    """The flow with this id. Raises KeyError when there is none."""
    return all_flows()[flow_id]
