"""The trained model, through the same process and client as in production."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import tarfile
import tomllib
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.dialogue.messages import Understood
from channels.cli import understanding as tools
from integrations.understanding import Understanding, server
from integrations.understanding.commandline import with_our_paths
from integrations.understanding.process import Start

pytestmark = pytest.mark.model

CHECKOUT = Path(__file__).parents[2]
CASES = tomllib.loads((Path(__file__).parent / "cases" / "prefill.toml").read_text("utf-8"))["case"]
FLOORS: dict[str, float] = tomllib.loads(
    (Path(__file__).parent / "data" / "floors.toml").read_text("utf-8")
)["accuracy"]


def ask(url: str, text: str) -> Understood:
    async def run() -> Understood | None:
        client = Understanding(url, timeout=5)
        understood = await client.understand(text)
        await client.close()
        return understood

    understood = asyncio.run(run())
    assert understood is not None
    return understood


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_understands(understanding_url: str, case: dict[str, Any]) -> None:
    understood = ask(understanding_url, case["text"])
    assert understood.intent == case["intent"]
    assert understood.topic == case.get("topic", understood.topic)
    found = {".".join(filter(None, (e.kind, e.role))): e.text for e in understood.entities}
    expected = case.get("entities", {})
    assert {kind: found.get(kind) for kind in expected} == expected


def below_floor(report: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """What an evaluation found under its floor: by variety, the share and the floor."""
    shares = {"all": report["all"], **report["varieties"]}
    found = {name: scores["accuracy"] for name, scores in shares.items()}
    return {name: (found[name], floor) for name, floor in FLOORS.items() if found[name] < floor}


def never() -> NoReturn:
    pytest.fail("a second process must not be started")


# Here, not from the report of `rasa test nlu`: Rasa takes the fallback back before it counts.
@pytest.mark.timeout(300)
def test_no_variety_is_understood_less_than_before(understanding_url: str, tmp_path: Path) -> None:
    report = tools.evaluate(CHECKOUT, tmp_path, understanding_url, never)
    assert set(FLOORS) == {"all", *report["varieties"]}
    assert below_floor(report) == {}


def test_a_variety_that_fell_is_named() -> None:
    scores = {name: {"accuracy": floor} for name, floor in FLOORS.items() if name != "all"}
    report = {"all": {"accuracy": 0.9}, "varieties": scores}
    assert below_floor(report) == {}
    scores["darija"] = {"accuracy": FLOORS["darija"] - 0.001}
    assert list(below_floor(report)) == ["darija"]


def test_parse_starts_a_process_and_stops_it(start: Start, unused_tcp_port: int) -> None:
    sink = io.StringIO()
    url = f"http://127.0.0.1:{unused_tcp_port}"
    tools.parse_lines(io.StringIO("bonjour\n"), sink, url, lambda: start, as_json=True)
    assert json.loads(sink.getvalue())["intent"] == "greet"
    assert asyncio.run(server.is_ready(url)) is False


@pytest.mark.parametrize("text", ["\u202e", "a" * 10_000, "😀", "؟", "\x00", "\ud800", "١" * 30])
def test_no_text_breaks_it(understanding_url: str, text: str) -> None:
    assert 0 <= ask(understanding_url, text).confidence <= 1


def test_the_process_logs_no_text(understanding_url: str, start: Start) -> None:
    ask(understanding_url, "mrati weldat zankoufi")
    assert "zankoufi" not in start.log.read_text()


def rasa(start: Start, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = server.rasa(start.python, *with_our_paths(list(arguments), start.model))
    return subprocess.run(
        command, cwd=CHECKOUT, env=server.environment({}), capture_output=True, text=True
    )


def test_rasa_finds_no_fault_in_the_data(start: Start) -> None:
    done = rasa(start, "data", "validate", "--fail-on-warnings")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "UserWarning" not in done.stdout + done.stderr


def test_the_model_holds_no_sentence(start: Start) -> None:
    with tarfile.open(start.model) as archive:
        names = archive.getnames()
    assert not [name for name in names if "dataset" in name or "training_data" in name]
