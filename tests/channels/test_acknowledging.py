"""A webhook is acknowledged when its message is stored; a slow understanding delays no provider."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from integrations.local.services import Endpoints
from integrations.platform.settings import Settings
from tests.integrations.understanding.imitation import Imitation, imitation
from tests.support.gateway import COUNTING, Gateway, fixture, gateway_settings, running_gateway
from tests.support.services import service_folder
from tests.support.serving import eventually
from tests.support.worker import telephone

pytestmark = pytest.mark.database
WEBHOOK = "/channels/sms/twilio"
SLOW_SECONDS = 2.0


@pytest.fixture(scope="module")
def understanding() -> Iterator[Imitation]:
    with imitation() as running:
        running.body = {"intent": {"name": "greet", "confidence": 0.9}, "entities": []}
        yield running


@pytest.fixture
def slow(understanding: Imitation) -> Imitation:
    """Understanding that answers late."""
    understanding.delay, understanding.asked = SLOW_SECONDS, []
    return understanding


@pytest.fixture(scope="module")
def patient(services: Endpoints, database_url: str, understanding: Imitation) -> Iterator[Settings]:
    """Settings of a gateway that waits for it."""
    with service_folder() as folder:
        yield gateway_settings(
            folder,
            services,
            database_url,
            understanding_url=understanding.base_url,
            understanding_timeout=30,
        )


def post(gateway: Gateway, phone: str, text: str, number: int) -> str:
    """One message; its id."""
    sid = f"SM{phone[-6:]}{number:026x}"
    answer = gateway.post(WEBHOOK, fixture("message", MessageSid=sid, From=phone, Body=text))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text.endswith("<Response/>")
    return sid


def replies(gateway: Gateway, *sids: str) -> int:
    found = gateway.rows(
        "select count(*) from outbox o join inbox i on i.id = o.inbox_id"
        " where i.provider_id = any(%s) and i.processed_at is not null",
        list(sids),
    )
    return int(found[0][0])


def test_what_needs_a_fact_is_acknowledged_at_once_and_answered_later(
    patient: Settings, database_url: str, slow: Imitation
) -> None:
    with running_gateway(patient, database_url, COUNTING) as gateway:
        began = time.monotonic()
        sid = post(gateway, telephone(), "read x", 1)
        assert time.monotonic() - began < SLOW_SECONDS / 2
        assert replies(gateway, sid) == 0
        eventually(lambda: replies(gateway, sid) == 1)
    assert slow.asked == ["x"]


def test_messages_that_wait_for_each_other_ask_once_each(
    patient: Settings, database_url: str, slow: Imitation
) -> None:
    slow.delay = 0.5
    phone = telephone()
    with running_gateway(patient, database_url, COUNTING) as gateway:
        words = ("read a", "read b", "quick", "read c")
        sids = [post(gateway, phone, text, number) for number, text in enumerate(words)]
        assert replies(gateway, *sids) < len(words)
        eventually(lambda: replies(gateway, *sids) == len(words))
    assert slow.asked == ["a", "b", "c"]


def test_what_needs_nothing_is_answered_before_it_is_acknowledged(
    patient: Settings, database_url: str, slow: Imitation
) -> None:
    with running_gateway(patient, database_url, COUNTING) as gateway:
        assert replies(gateway, post(gateway, telephone(), "salam", 1)) == 1
    assert slow.asked == []


def test_a_gateway_that_is_asked_to_stop_finishes_its_turns(
    patient: Settings, database_url: str, slow: Imitation
) -> None:
    slow.delay = 1.0
    with running_gateway(patient, database_url, COUNTING) as gateway:
        sid = post(gateway, telephone(), "read z", 1)
        assert replies(gateway, sid) == 0
    assert replies(gateway, sid) == 1


def test_a_provider_s_stop_behind_a_waiting_message_leaves_that_one_its_answer(
    patient: Settings, database_url: str, slow: Imitation
) -> None:
    phone, sid = telephone(), "SM" + "b" * 32
    with running_gateway(patient, database_url, COUNTING) as gateway:
        waiting = post(gateway, phone, "read y", 1)
        stop = fixture("opt_out_stop", MessageSid=sid, From=phone)
        assert gateway.post(WEBHOOK, stop).status_code == 200
        done = "select processed_at is not null from inbox where provider_id = %s"
        eventually(lambda: gateway.rows(done, sid) == [(True,)])
        assert (replies(gateway, waiting), replies(gateway, sid)) == (1, 0)
    opted_out = gateway.rows(
        "select c.opted_out from conversation c join inbox i on i.conversation_id = c.id"
        " where i.provider_id = %s",
        sid,
    )
    assert opted_out == [(True,)]
