"""`hala parse`, `hala evaluate` and `hala rasa` against a loopback imitation of Rasa's server."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from channels.cli import understanding as tools
from integrations.understanding.process import UnderstandingDown
from tests.integrations.understanding.imitation import Imitation, imitation

TEXT = "ولد سميتو يحيى"
ANSWER = {
    "model_file": "a.tar.gz",
    "intent": {"name": "declare_birth", "confidence": 0.91234567},
    "intent_ranking": [],
    "entities": [
        {"entity": "given_name", "role": "child", "start": 10, "end": 14, "confidence_entity": 0.7},
        {"entity": "sex", "start": 0, "end": 3, "confidence_entity": 0.8},
    ],
}


@pytest.fixture
def rasa() -> Iterator[Imitation]:
    with imitation() as server:
        server.body = ANSWER
        yield server


def never() -> NoReturn:
    pytest.fail("a second process must not be started")


def lines(rasa: Imitation, text: str, as_json: bool = True) -> list[str]:
    sink = io.StringIO()
    tools.parse_lines(io.StringIO(text), sink, rasa.base_url, never, as_json)
    return sink.getvalue().splitlines()


def test_one_line_gives_the_agreed_object(rasa: Imitation) -> None:
    [line] = lines(rasa, TEXT + "\n")
    parsed = json.loads(line)
    assert list(parsed) == ["text", "language", "intent", "confidence", "topic", "entities"]
    assert set(parsed["language"]) == {"code", "script", "variety", "confidence"}
    assert (parsed["text"], parsed["intent"], parsed["topic"]) == (
        TEXT,
        "declare_birth",
        "declare_birth",
    )
    assert parsed["confidence"] == 0.9123
    assert parsed["entities"] == [
        {"entity": "sex", "text": "ولد", "start": 0, "end": 3, "confidence": 0.8},
        {
            "entity": "given_name",
            "text": "يحيى",
            "role": "child",
            "start": 10,
            "end": 14,
            "confidence": 0.7,
        },
    ]


def test_each_input_line_gives_one_line_also_an_empty_one(rasa: Imitation) -> None:
    answers = [json.loads(line) for line in lines(rasa, f"{TEXT}\n\nbonjour")]
    assert [a["text"] for a in answers] == [TEXT, "", "bonjour"]
    assert answers[1]["intent"] == "out_of_scope"


def test_a_server_that_fails_gives_a_line_without_intent(rasa: Imitation) -> None:
    rasa.body = {"model_file": "a.tar.gz"}
    [parsed] = [json.loads(line) for line in lines(rasa, TEXT)]
    assert (parsed["intent"], parsed["confidence"], parsed["entities"]) == (None, 0.0, [])
    assert parsed["language"]["code"] == "ar"


def test_offsets_are_left_out_where_normalising_changed_the_text(rasa: Imitation) -> None:
    rasa.body = {**ANSWER, "entities": [{"entity": "date", "start": 0, "end": 6}]}
    [parsed] = [json.loads(line) for line in lines(rasa, "٣/١١/٢٥")]
    assert parsed["entities"] == [{"entity": "date", "text": "3/11/2", "confidence": 1.0}]


def test_plain_lines_are_for_people(rasa: Imitation) -> None:
    [line] = lines(rasa, TEXT, as_json=False)
    assert line.startswith("declare_birth\t0.91\t")
    assert line.endswith("sex=ولد given_name=يحيى")


def held_out(folder: Path, sentences: str) -> None:
    target = folder / "nlu_data" / "held_out" / "darija.yml"
    target.parent.mkdir(parents=True)
    target.write_text(f"nlu:\n- intent: declare_birth\n  examples: |\n{sentences}", "utf-8")
    (folder / "requirements").mkdir()
    (folder / "requirements" / "rasa.txt").write_text("rasa")


def test_evaluation_is_stored_and_shown(rasa: Imitation, tmp_path: Path) -> None:
    held_out(tmp_path, f"    - {TEXT}\n    - تزاد عندي ولد\n")
    report = tools.evaluate(tmp_path, tmp_path / "data", rasa.base_url, never)
    assert report["varieties"]["darija"]["accuracy"] == 1.0
    assert report["all"]["sentences"] == 2
    stored = tmp_path / "data" / "evaluations" / f"{report['model']}.json"
    assert json.loads(stored.read_text()) == report
    assert "darija" in tools.table(report)


def test_an_evaluation_without_answers_is_an_error(rasa: Imitation, tmp_path: Path) -> None:
    held_out(tmp_path, "    - salam\n")
    rasa.body = {"model_file": "a.tar.gz"}
    with pytest.raises(UnderstandingDown, match="stopped answering"):
        tools.evaluate(tmp_path, tmp_path / "data", rasa.base_url, never)


@pytest.mark.parametrize("status", [0, 3])
def test_rasa_gets_our_paths_and_its_failure_is_ours(tmp_path: Path, status: int) -> None:
    held_out(tmp_path, "    - salam\n")
    python = tmp_path / ".venv-rasa" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && echo 3.10 && exit\necho "$@" > given\nexit {status}\n'
    )
    python.chmod(0o755)
    data_dir = tmp_path / "data"
    assert tools.run_rasa(tmp_path, data_dir, ["test", "nlu", "--no-plot"]) == status
    given = (tmp_path / "given").read_text()
    assert given.startswith("-m rasa test nlu --no-plot --nlu nlu_data/held_out --model ")
    assert f"--out {data_dir / 'evaluations' / 'rasa'}" in given


def test_a_missing_environment_is_told_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(tools.UnderstandingUnavailable, match="make setup"):
        tools.rasa_python(tmp_path)
