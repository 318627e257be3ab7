"""`hala talk` as a program uses it: the real turn on a real database, without understanding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from channels.cli.talk import EMPTY, fault_of, plain
from integrations.local.services import local_services
from scripts.steps import CHECKOUT
from tests.support.services import service_folder, settings_for
from tests.support.serving import free_port

Hala = Callable[..., str]
Talk = Callable[..., list[dict[str, Any]]]
LINE = {"in", *EMPTY}
NOW = ("--now", "2026-11-10T10:00:00+01:00")


@pytest.fixture(scope="module")
def hala() -> Iterator[Hala]:
    """Runs the command line in one data folder, whose services stay up between the runs."""
    with service_folder() as folder, local_services(settings_for(folder)):
        yield _runner(folder)


@pytest.fixture(scope="module")
def talk(hala: Hala) -> Talk:
    """Runs `hala talk --json` on the given lines."""

    def run(*arguments: str, given: list[str]) -> list[dict[str, Any]]:
        said = hala("talk", "--json", *arguments, given="".join(f"{line}\n" for line in given))
        return [json.loads(line) for line in said.splitlines()]

    return run


@pytest.mark.database
def test_each_line_gets_one_line_with_all_its_fields(talk: Talk) -> None:
    moment = '{"now": "2026-11-11T10:00:00+01:00"}'
    given = ["bonjour", moment, '{"text": "1"}', '{"nothing": 1}']
    lines = talk("--channel", "sms", *NOW, given=given)
    assert [line["in"] for line in lines] == ["bonjour", json.loads(moment), "1", {"nothing": 1}]
    assert all(set(line) == LINE for line in lines)
    hello, moved, chosen, faulty = lines
    assert hello["language"] == "fr"
    (first, *_) = hello["replies"]
    assert first["segments"] >= 1
    assert first["choices"]
    assert moved["replies"] == []
    assert moved["step"] == hello["step"]
    assert chosen["flow"] == "declare_birth"
    assert faulty["replies"] == []


@pytest.mark.database
def test_a_choice_does_what_its_number_would(talk: Talk) -> None:
    (hello,) = talk("--channel", "web", "--lang", "ar", *NOW, given=["سلام"])
    choice = hello["replies"][-1]["choices"][0]["id"]
    lines = talk("--channel", "web", "--lang", "ar", given=["سلام", json.dumps({"choice": choice})])
    assert lines[1]["flow"] == "declare_birth"
    assert lines[1]["language"] == "ar"


@pytest.mark.database
def test_the_chosen_language_holds_whatever_is_written(talk: Talk) -> None:
    (line,) = talk("--lang", "fr", *NOW, given=["سلام"])
    assert line["language"] == "fr"


@pytest.mark.database
def test_the_same_address_goes_on_where_it_stopped(talk: Talk) -> None:
    address = ("--channel", "sms", "--address", "+212600000123", *NOW)
    before = talk(*address, given=["bonjour", "1"])[-1]
    again = talk(*address, given=["1"])[-1]
    assert before["step"] == "consent"
    assert again["flow"] == "declare_birth"
    assert again["step"] != "consent"
    stranger = talk("--channel", "sms", *NOW, given=["bonjour"])[-1]
    assert stranger["flow"] is None


@pytest.mark.database
def test_a_backup_brings_a_conversation_back(hala: Hala, talk: Talk, tmp_path: Path) -> None:
    address = ("--address", "+212600000124", *NOW)
    talk(*address, given=["bonjour", "1"])
    file = tmp_path / "hala.backup"
    hala("backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert talk(*address, given=["1"])[0]["step"] != "consent"
    hala("restore", "--replace", str(file))
    assert talk(*address, given=["n'importe quoi"])[0]["step"] == "consent"
    assert hala("backup", str(file), status=1) == ""  # never over an older one


@pytest.mark.database
def test_a_change_of_key_keeps_everything_readable(hala: Hala, talk: Talk) -> None:
    address = ("--address", "+212600000125", *NOW)
    talk(*address, given=["bonjour", "1"])
    assert "current version 1" in hala("keys", "show")
    assert "current version 2, versions 1, 2" in hala("keys", "rotate")
    talk(*address, given=["1"])
    before = hala("keys", "check").splitlines()
    assert [line.split(":")[0] for line in before] == ["version 1", "version 2"]
    assert not hala("keys", "reseal").startswith("0 ")
    (after,) = hala("keys", "check").splitlines()
    assert after.startswith("version 2: ")
    assert talk(*address, given=["retour"])[0]["flow"] == "declare_birth"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"text": "x"}, None),
        ({"now": "2026-11-10T10:00:00Z"}, None),
        ({"text": "x", "now": "2026-11-10"}, None),
        ({}, "talk.no_message"),
        ({"texte": "x"}, "talk.no_message"),
        ({"text": 5}, "talk.no_message"),
        ({"now": "tomorrow"}, "talk.no_time"),
    ],
)
def test_an_object_that_is_no_message_is_told(wanted: dict[str, Any], code: str | None) -> None:
    fault = fault_of(wanted)
    assert (fault or "").split(":")[0] == (code or "")


def test_for_people_buttons_are_numbered_and_numbers_not_repeated() -> None:
    choices = [{"id": "a", "label": "oui"}, {"id": "b", "label": "non"}]
    web = {"replies": [{"text": "On commence?", "choices": choices}]}
    sms = {"replies": [{"text": "On commence?\n1 oui\n2 non", "choices": choices}]}
    assert plain(web) == "On commence?\n[1] oui\n[2] non\n"
    assert plain(sms) == "On commence?\n1 oui\n2 non\n"


def _runner(folder: Path) -> Hala:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("HALA_")}
    away = f"http://127.0.0.1:{free_port()}"
    env = {**kept, "HALA_DATA_DIR": str(folder), "HALA_UNDERSTANDING_URL": away}

    def run(*arguments: str, given: str = "", status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "channels.cli.main", *arguments],
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=CHECKOUT,
            env=env,
            check=False,
        )
        assert done.returncode == status, done.stderr
        return done.stdout

    return run
