"""The tools over one part each, as a program would use them: through pipes."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest
from typer.testing import CliRunner

from channels.cli import faults
from channels.cli.main import app
from scripts.steps import CHECKOUT

COMMANDS = (
    *("serve", "talk", "segments", "answer", "parse", "render", "train", "evaluate", "migrate"),
    *("backup", "restore", "keys", "privacy", "bench"),
)


def hala(*arguments: str, given: str | bytes = "") -> subprocess.CompletedProcess[str]:
    """Run the command line as its own process."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("HALA_")}
    done = subprocess.run(
        [sys.executable, "-m", "channels.cli.main", *arguments],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        cwd=CHECKOUT,
        env=clean | {"LC_ALL": "C"},
        check=False,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def answers(*arguments: str, given: str | bytes) -> list[dict[str, Any]]:
    done = hala(*arguments, "--json", given=given)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage: " in result.output


def test_segments_answers_one_line_for_one_line() -> None:
    found = answers("segments", given='salam\n{"text": "سلام"}\n\n"déjà"\n')
    assert found == [
        {"text": "salam", "encoding": "GSM-7", "segments": 1, "units": 5},
        {"text": "سلام", "encoding": "UCS-2", "segments": 1, "units": 4},
        {"text": "", "encoding": "GSM-7", "segments": 0, "units": 0},
        {"text": "déjà", "encoding": "GSM-7", "segments": 1, "units": 4},
    ]


def test_bytes_that_are_no_utf8_are_answered_too() -> None:
    found = answers("segments", given=b"caf\xe9\nfin")
    assert [line["text"] for line in found] == ["caf\N{REPLACEMENT CHARACTER}", "fin"]


def test_a_lone_surrogate_does_not_end_the_tool() -> None:
    found = answers("segments", given='"\\ud800"\nfin\n')
    assert [line["text"] for line in found] == ["\ud800", "fin"]


def test_each_answer_is_flushed_before_the_next_line_is_read() -> None:
    command = [sys.executable, "-m", "channels.cli.main", "segments", "--json"]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as tool:
        assert tool.stdin is not None
        assert tool.stdout is not None
        for text in ("un", "deux"):
            tool.stdin.write(text + "\n")
            tool.stdin.flush()
            assert json.loads(tool.stdout.readline())["text"] == text
        tool.stdin.close()
        assert tool.wait(10) == 0


def test_a_quick_tool_loads_nothing_slow() -> None:
    code = (
        "import sys; sys.argv = ['hala', 'segments']\n"
        "from channels.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "slow = {'sqlalchemy', 'fastapi', 'httpx', 'twilio', 'babel'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {slow}' if slow else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=b"", cwd=CHECKOUT, check=False)
    assert done.returncode == 0


def test_answer_shows_each_outcome_of_a_parser() -> None:
    now = ("--now", "2026-11-10T10:00:00+01:00")
    given = "9/11/2026\n31/02/2026\nc'est quoi les papiers ?\n"
    accepted, refused, other = answers("answer", "date", *now, given=given)
    assert accepted["accepted"]
    assert accepted["value"] == "2026-11-09"
    assert not refused["accepted"]
    assert refused["value"] is None
    assert refused["problem"].startswith("problem.")
    assert not other["accepted"]
    assert other["problem"] == "not_an_answer"


def test_answer_lists_the_candidates_of_an_ambiguous_text() -> None:
    (found,) = answers("answer", "commune", "--lang", "fr", given="sidi yahya\n")
    assert found["candidates"]
    assert all(set(each) == {"value", "label"} for each in found["candidates"])
    assert not found["accepted"]


def test_an_unknown_kind_of_answer_is_one_sentence() -> None:
    done = hala("answer", "nothing", given="x\n")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("hala: answer.unknown_kind: nothing; known: ")
    assert done.stderr.count("\n") == 1


def test_render_shows_a_sentence_and_its_empty_places() -> None:
    done = hala("render", "wording.nothing", "--lang", "fr")
    assert done.returncode == 1
    assert done.stderr == "hala: wording.missing: fr: wording.nothing\n"
    for language in ("ar", "fr"):
        shown = hala("render", "greet.told", "--lang", language)
        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.strip()


def test_a_misspelt_setting_is_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "channels.cli.main", "keys", "show"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, "HALA_PROT": "1"},
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "hala: HALA_PROT: unknown setting\n"


def test_restore_asks_before_it_drops_anything() -> None:
    done = hala("restore", "some.backup")
    assert done.returncode == 1
    assert "restore.not_confirmed" in done.stderr


@pytest.mark.parametrize("name", sorted(faults.EXPECTED))
def test_each_expected_error_exists(name: str) -> None:
    module, kind = name.rsplit(".", 1)
    assert issubclass(getattr(importlib.import_module(module), kind), Exception)


def test_an_unexpected_error_is_not_taken_for_the_operators() -> None:
    assert faults.sentence_of(ValueError("x")) is None
    assert faults.sentence_of(faults.Fault("a.code: why")) == "a.code: why"


def test_the_first_answer_of_a_quick_tool_comes_at_once() -> None:
    started = time.monotonic()
    answers("segments", given="salam\n")
    assert time.monotonic() - started < 5  # 0.25 s on an idle machine
