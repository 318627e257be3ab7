"""The trained model, through the same process and client as in production."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import tomllib
from pathlib import Path

import pytest

from channels.cli import understanding as tools
from integrations.understanding import Understanding, server, training
from integrations.understanding.commandline import with_our_paths

pytestmark = pytest.mark.model

CHECKOUT = Path(__file__).parents[2]
CASES = tomllib.loads((Path(__file__).parent / "cases" / "prefill.toml").read_text("utf-8"))["case"]


def ask(url, text):
    async def run():
        client = Understanding(url, timeout=5)
        understood = await client.understand(text)
        await client.close()
        return understood

    return asyncio.run(run())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_understands(understanding_url, case):
    understood = ask(understanding_url, case["text"])
    assert understood.intent == case["intent"]
    assert understood.topic == case.get("topic", understood.topic)
    found = {".".join(filter(None, (e.kind, e.role))): e.text for e in understood.entities}
    expected = case.get("entities", {})
    assert {kind: found.get(kind) for kind in expected} == expected


def test_parse_starts_a_process_where_none_runs_and_stops_it(start, unused_tcp_port):
    sink = io.StringIO()
    url = f"http://127.0.0.1:{unused_tcp_port}"
    tools.parse_lines(io.StringIO("bonjour\n"), sink, url, lambda: start, as_json=True)
    assert json.loads(sink.getvalue())["intent"] == "greet"
    assert asyncio.run(server.is_ready(url)) is False


@pytest.mark.parametrize("text", ["\u202e", "a" * 10_000, "😀", "؟", "\x00", "\ud800", "١" * 30])
def test_no_text_breaks_it(understanding_url, text):
    assert ask(understanding_url, text) is not None


def test_the_process_logs_no_text(understanding_url, start):
    ask(understanding_url, "mrati weldat zankoufi")
    assert "zankoufi" not in start.log.read_text()


def rasa(start, *arguments):
    command = server.rasa(start.python, *with_our_paths(list(arguments), start.model))
    return subprocess.run(
        command, cwd=CHECKOUT, env=server.environment({}), capture_output=True, text=True
    )


def test_rasa_finds_no_fault_in_the_data(start):
    done = rasa(start, "data", "validate", "--fail-on-warnings")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "UserWarning" not in done.stdout + done.stderr


def test_the_model_holds_no_sentence(start):
    names = subprocess.run(["tar", "-tzf", start.model], capture_output=True, text=True, check=True)
    assert "crf_dataset" not in names.stdout
    assert training.fingerprint(CHECKOUT) in start.model.name
