"""`hala privacy`: what is held about one person is shown or erased, and nobody else's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integrations.database.engine import Database, open_database
from integrations.local.services import Endpoints
from integrations.platform.crypto import Crypto
from integrations.platform.keys import create_keys
from scripts.steps import CHECKOUT
from tests.support.counting import handler, message, new_phone
from tests.support.services import fresh_database, settings_for

pytestmark = pytest.mark.database
SAID = "Zineb-Canari"
LEFT = ("draft", "consent", "submit")  # what the counting core makes of these words
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def hala(services: Endpoints, tmp_path: Path) -> Iterator[Callable[..., Done]]:
    """Runs the command line on a database of its own, whose keys are in the test's folder."""
    with fresh_database(services) as url:
        env = {name: text for name, text in os.environ.items() if not name.startswith("HALA_")}
        env |= {"HALA_DATA_DIR": str(tmp_path), "HALA_DATABASE_URL": url}
        env |= {"HALA_REDIS_URL": services.redis_url or ""}

        def run(*arguments: str, given: str = "") -> Done:
            return subprocess.run(
                [sys.executable, "-m", "channels.cli.main", "privacy", *arguments],
                input=given,
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=CHECKOUT,
                env=env,
                check=False,
            )

        run.url = url  # type: ignore[attr-defined]
        yield run


@pytest.fixture
async def person(hala: Callable[..., Done], tmp_path: Path) -> str:
    """The number of somebody who wrote, agreed and submitted; another one wrote beside them."""
    phone = new_phone()
    settings = settings_for(tmp_path)
    db = open_database(hala.url, Crypto(create_keys(settings.keys_path)))  # type: ignore[attr-defined]
    await _fill(db, tmp_path, phone)
    await db.close()
    return phone


async def _fill(db: Database, folder: Path, phone: str) -> None:
    turns = handler(db, settings_for(folder))
    for word in LEFT:
        await turns.receive(message(f"{word} {SAID}", phone))
    await turns.receive(message("salam", "+212699000111"))


def test_export_is_json_of_one_person(hala: Callable[..., Done], person: str) -> None:
    done = hala("export", person)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["conversations"]) == 1
    assert [row["body"]["text"] for row in found["received"]] == [f"{w} {SAID}" for w in LEFT]
    assert len(found["pre_declarations"]) == 1
    (line,) = [json.loads(text) for text in done.stderr.splitlines()]
    assert line["event"] == "held data exported"
    assert (line["conversations"], line["received"]) == (1, len(LEFT))
    assert person[4:] not in done.stderr
    assert SAID not in done.stderr


def test_the_number_may_be_written_as_people_do(hala: Callable[..., Done], person: str) -> None:
    national = f"0{person.removeprefix('+212')}"
    assert json.loads(hala("export", national).stdout)["received"]
    foreign = hala("export", "+33612345678")
    assert (foreign.returncode, foreign.stdout) == (1, "")


def test_export_to_a_file_that_only_we_may_read(
    hala: Callable[..., Done], person: str, tmp_path: Path
) -> None:
    out = tmp_path / "person.json"
    done = hala("export", person, "--out", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert out.stat().st_mode & 0o777 == 0o600
    assert SAID in out.read_text("utf-8")
    before = out.read_bytes()
    again = hala("export", person, "--out", str(out))
    assert again.returncode == 1
    assert "privacy.file" in again.stderr
    assert out.read_bytes() == before


@pytest.mark.parametrize("command", ["export", "erase"])
@pytest.mark.parametrize(
    ("address", "code"), [("+212612340000", "privacy.not_found"), ("amal", "privacy.no_number")]
)
def test_an_unknown_person_is_told_and_not_named(
    hala: Callable[..., Done], person: str, command: str, address: str, code: str
) -> None:
    done = hala(command, address)
    assert (done.returncode, done.stdout) == (1, "")
    assert code in done.stderr
    assert address not in done.stderr


@pytest.mark.parametrize("given", ["n\n", "\n", ""])
def test_erase_asks_first(hala: Callable[..., Done], person: str, given: str) -> None:
    done = hala("erase", person, given=given)
    assert (done.returncode, done.stdout.strip()) == (1, "")
    assert "Erase it for ever?" in done.stderr
    assert SAID in hala("export", person).stdout


@pytest.mark.parametrize(("options", "given"), [([], "y\n"), (["--yes"], "")])
def test_erase_leaves_what_has_its_own_term(
    hala: Callable[..., Done], person: str, options: list[str], given: str
) -> None:
    done = hala("erase", person, *options, given=given)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (
        f"erased: {len(LEFT)} received, {len(LEFT)} said, 1 drafts, 0 attachments"
        "; kept: 1 conversations, 1 consents, 1 pre-declarations"
    )
    assert person[4:] not in done.stderr
    left = json.loads(hala("export", person).stdout)
    assert SAID not in json.dumps([left["received"], left["said"], left["drafts"]])
    assert left["pre_declarations"]
    assert json.loads(hala("export", "+212699000111").stdout)["received"][0]["body"]
