"""The main job as a citizen meets it: a birth typed on a telephone, up to the number read on it.

Everything is real: a gateway and a worker as processes with the core that citizens meet, the
database, and the provider's protocol over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from integrations.local.services import Endpoints
from integrations.platform.crypto import Crypto
from integrations.platform.keys import load_keys
from tests.dialogue.births import ARABIC, FRENCH
from tests.support.serving import eventually
from tests.support.stack import PATIENCE_SECONDS, Service, running_service
from tests.support.worker import telephone, texts

pytestmark = [pytest.mark.database, pytest.mark.timeout(240)]
OPENING = "مراتي ولدات البارح فمستشفى السويسي بالرباط، ولد سميتو يحيى"

_ANSWERED = """
select i.processed_at is not null and not exists (
    select from outbox o where o.inbox_id = i.id and o.state <> 'delivered'
) from inbox i where i.provider_id = %s
"""


@dataclass
class Citizen:
    """One telephone and what is typed on it."""

    service: Service
    number: str = field(default_factory=telephone)
    sids: list[str] = field(default_factory=list)

    def say(self, text: str) -> str:
        """Type, wait until the whole answer is on the telephone, and read it."""
        provider, gateway = self.service.provider, self.service.gateway
        before = len(texts(provider, self.number))
        sid = provider.type(text, self.number)
        self.sids.append(sid)
        eventually(lambda: gateway.rows(_ANSWERED, sid) == [(True,)], PATIENCE_SECONDS)
        return "\n\n".join(texts(provider, self.number)[before:])

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        """Rows of the conversation."""
        return self.service.gateway.rows(
            f"select {columns} from {table} where conversation_id ="  # noqa: S608
            " (select conversation_id from inbox where provider_id = %s) order by id",
            self.sids[0],
        )


@pytest.fixture(scope="module")
def menu_only(services: Endpoints) -> Iterator[Service]:
    """The service while understanding is down."""
    with running_service(services) as running:
        yield running


@pytest.fixture
def whole(services: Endpoints, understanding_url: str) -> Iterator[Service]:
    """The service with the trained model."""
    with running_service(services, understanding_url) as running:
        yield running


def reference_in(text: str) -> str:
    """The number as it is read on the telephone; AssertionError when there is none."""
    found = re.search(r"\b(\d{4})[ \u00a0](\d{4})[ \u00a0](\d{4})\b", text)
    assert found, text
    return "".join(found.groups())


def check(citizen: Citizen, read: str, consents: Sequence[tuple[str, bool]]) -> dict[str, Any]:
    """What the telephone and the database must agree on; the declared values."""
    reference = reference_in(read)
    assert reference.startswith("1")
    (record,) = citizen.rows("pre_declaration", "id, reference, kind, status, body_enc")
    assert record[1:4] == (reference, "declare_birth", "submitted")
    assert citizen.rows("consent", "purpose, given") == list(consents)
    received = citizen.rows("inbox", "provider_id, processed_at is not null, failures, error_code")
    assert received == [(sid, True, 0, None) for sid in citizen.sids]
    sent = citizen.rows("outbox", "state, error_code, attempts, segments, provider_id")
    assert {row[:3] for row in sent} == {("delivered", None, 1)}
    assert [row[3] for row in sent] == [citizen.service.num_segments(row[4]) for row in sent]
    assert len(sent) == len(texts(citizen.service.provider, citizen.number))
    crypto = Crypto(load_keys(citizen.service.gateway.settings.keys_path))
    body = crypto.open_json("pre_declaration", "body", record[0], record[4])
    values: dict[str, Any] = body["values"]
    return values


BIRTHS = {
    "fr": (["bonjour", "1", "1", *FRENCH.values(), "oui"], "child_given_name_latin", "Ilyas"),
    "ar": (
        ["السلام عليكم", "1", "1", *ARABIC.values(), "نعم"],
        "child_given_name_ar",
        "إلياس",
    ),
}


@pytest.mark.parametrize("language", BIRTHS)
def test_a_birth_typed_from_the_menu(menu_only: Service, language: str) -> None:
    typed, step, name = BIRTHS[language]
    citizen = Citizen(menu_only)
    read = [citizen.say(text) for text in typed]
    values = check(citizen, read[-1], [("declare_birth", True)])
    assert values[step] == name
    assert values["mother_family_name_latin" if language == "fr" else "mother_family_name_ar"]


@pytest.mark.model
def test_a_birth_told_in_one_sentence_corrected_and_interrupted(whole: Service) -> None:
    citizen = Citizen(whole)
    assert "20 نونبر" in citizen.say(OPENING) + citizen.say("1")
    citizen.say("1")
    citizen.say("STOP")
    citizen.say("START")
    citizen.say("محمد العلوي")
    citizen.say("سناء بناني")
    review = citizen.say("AD234511")
    mother = next(line for line in review.splitlines() if "سناء بناني" in line)
    citizen.say(mother.split()[0])
    assert "حنان بناني" in citizen.say("حنان بناني")
    expected = [("declare_birth", True), ("messages", False), ("messages", True)]
    values = check(citizen, citizen.say("نعم"), expected)
    assert (values["child_given_name_ar"], values["birth_date"]) == ("يحيى", "2025-11-20")
    assert (values["mother_given_name_ar"], values["child_sex"]) == ("حنان", "male")
