"""The benchmark runs end to end, and what it was answered is in the database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import turns


@pytest.mark.database
def test_a_short_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.json"
    options = ["--kinds", "form", "--conversations", "1", "--seconds", "2", "--json", str(path)]
    assert turns.main(options) == 0
    assert "| turns" in capsys.readouterr().out
    report = json.loads(path.read_text("utf-8"))
    row = report["results"]["form/1"]
    assert row["turns"] > 0
    assert (row["errors"], row["mismatches"]) == (0, [])
    assert report["results"]["memory"]["gateway_rss_mb"] > 0
    assert report["conditions"]["postgresql"]["synchronous_commit"] == "on"


@pytest.mark.parametrize(
    "options",
    [["--kinds", "dance"], ["--conversations", "0"], ["--conversations", "one"]],
    ids=["kind", "none", "word"],
)
def test_odd_options_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        turns.main(options)
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err
