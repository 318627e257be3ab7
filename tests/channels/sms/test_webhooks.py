"""Twilio's webhooks: a table of what comes in and what it gets, and what repeats leave alone."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from integrations.platform.crypto import Crypto
from integrations.platform.keys import load_keys
from integrations.twilio.signature import sign
from tests.support.gateway import Gateway, fixture
from tests.support.provider import TOKEN

pytestmark = pytest.mark.database
WEBHOOK = "/channels/sms/twilio"
STATUS = WEBHOOK + "/status"
NUMBERS = itertools.count(100)
CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))["case"]


def form_of(case: dict[str, Any]) -> dict[str, str]:
    """The case's fields; `REPEAT n` stands for a text of n letters."""
    fields = fixture(case["fixture"], **case.get("set", {}))
    for name in case.get("drop", []):
        del fields[name]
    word, _, count = fields.get("Body", "").partition(" ")
    if word == "REPEAT":
        fields["Body"] = "a" * int(count)
    return fields


def post(gateway: Gateway, case: dict[str, Any]) -> httpx.Response:
    """The case's request."""
    path, fields = case.get("path", WEBHOOK), form_of(case)
    url = gateway.settings.base_url + path
    signatures = {
        "right": sign(url, fields.items(), TOKEN),
        "wrong": sign(url, fields.items(), TOKEN + "x"),
        "other_url": sign(url + "/", fields.items(), TOKEN),
        "missing": "",
    }
    headers = {"X-Twilio-Signature": signatures[case.get("signed", "right")]}
    return gateway.post_raw(path, case.get("body", urlencode(fields)), headers)


def stored(gateway: Gateway) -> int:
    return int(gateway.rows("select count(*) from inbox")[0][0])


def opened(gateway: Gateway, table: str, **where: str) -> list[Any]:
    """The bodies of a table's rows, newest last."""
    crypto = Crypto(load_keys(gateway.settings.keys_path))
    (column, value), *_ = where.items()
    statement = f"select id, body_enc from {table} where {column} = %s order by seq"  # noqa: S608
    return [
        crypto.open_json(table, "body", row_id, body)
        for row_id, body in gateway.rows(statement, value)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_webhook(gateway: Gateway, case: dict[str, Any]) -> None:
    before = stored(gateway)
    answer = post(gateway, case)
    assert answer.status_code == case["status"], answer.text
    assert stored(gateway) - before == case["stored"]
    if "code" in case:
        assert answer.json() == {"code": case["code"]}
    elif case["status"] == 200:
        assert answer.headers["content-type"].startswith("text/xml")
        assert answer.text.endswith("<Response/>")
    if case["stored"]:
        (body,) = opened(gateway, "inbox", provider_id=form_of(case)["MessageSid"])
        assert body["text"] == form_of(case)["Body"]
        assert body["media"] == case.get("media")
    if "said" in case:
        (inbox_id,) = gateway.rows(
            "select id from inbox where provider_id = %s", form_of(case)["MessageSid"]
        )[0]
        assert [body["text"] for body in opened(gateway, "outbox", inbox_id=inbox_id)] == (
            case["said"]
        )


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param("same-token", "same-token", id="retry"),
        pytest.param("same-token", None, id="replay without the token"),
        pytest.param("one-token", "another-token", id="same id under another token"),
    ],
)
def test_repeat_changes_nothing(gateway: Gateway, first: str, again: str | None) -> None:
    number = next(NUMBERS)
    fields = fixture("message", MessageSid=f"SM{number:032x}", From=f"+212613{number:06d}")
    before = stored(gateway)
    outbox = gateway.rows("select count(*) from outbox")
    for token in (first, again):
        headers = {"I-Twilio-Idempotency-Token": f"{token}-{number}"} if token else {}
        assert gateway.post(WEBHOOK, fields, headers).status_code == 200
    assert stored(gateway) - before == 1
    assert gateway.rows("select count(*) from outbox")[0][0] - outbox[0][0] == 1


def test_same_token_under_another_id_is_a_repeat(gateway: Gateway) -> None:
    headers = {"I-Twilio-Idempotency-Token": "one-event"}
    before = stored(gateway)
    for sid in ("SM" + "b" * 32, "SM" + "c" * 32):
        fields = fixture("message", MessageSid=sid, From="+212614000001")
        assert gateway.post(WEBHOOK, fields, headers).status_code == 200
    assert stored(gateway) - before == 1


@pytest.mark.parametrize(
    ("name", "opted_out"),
    [("opt_out_stop", True), ("opt_out_start", False), ("opt_out_help", False)],
)
def test_what_the_provider_already_answered_is_noted_and_not_answered(
    gateway: Gateway, name: str, opted_out: bool
) -> None:
    fields = fixture(name)
    assert gateway.post(WEBHOOK, fields).status_code == 200
    row = gateway.rows(
        "select c.opted_out, i.processed_at is not null, count(o.id) from inbox i"
        " join conversation c on c.id = i.conversation_id left join outbox o on o.inbox_id = i.id"
        " where i.provider_id = %s group by 1, 2",
        fields["MessageSid"],
    )
    assert row == [(opted_out, True, 0)]


def test_start_takes_the_stop_back(gateway: Gateway) -> None:
    sender = "+212614000002"
    for number, name in enumerate(("opt_out_stop", "opt_out_start")):
        fields = fixture(name, From=sender, MessageSid=f"SM{number:031x}e")
        assert gateway.post(WEBHOOK, fields).status_code == 200
    refused = gateway.rows(
        "select c.opted_out from inbox i join conversation c on c.id = i.conversation_id"
        " where i.provider_id = %s",
        f"SM{1:031x}e",
    )
    assert refused == [(False,)]


def test_unknown_opt_out_type_is_an_ordinary_message(gateway: Gateway) -> None:
    fields = fixture(
        "message", OptOutType="PAUSE", MessageSid="SM" + "d" * 32, From="+212614000003"
    )
    assert gateway.post(WEBHOOK, fields).status_code == 200
    found = gateway.rows(
        "select count(*) from outbox o join inbox i on i.id = o.inbox_id where i.provider_id = %s",
        fields["MessageSid"],
    )
    assert found == [(1,)]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        pytest.param(["sent", "delivered"], "delivered", id="in order"),
        pytest.param(["delivered", "sent"], "delivered", id="out of order"),
        pytest.param(["sent", "sent", "delivered", "delivered"], "delivered", id="twice"),
        pytest.param(["delivered", "undelivered"], "delivered", id="too late to fail"),
        pytest.param(["sent", "undelivered"], "failed", id="undelivered"),
        pytest.param(["undelivered", "sent"], "failed", id="failed stays failed"),
    ],
)
def test_receipts_never_move_a_message_backwards(
    gateway: Gateway, told: list[str], state: str
) -> None:
    number = next(NUMBERS)
    inbound = fixture("message", MessageSid=f"SM{number:031x}a", From=f"+212615{number:06d}")
    assert gateway.post(WEBHOOK, inbound).status_code == 200
    sid = f"SM{number:031x}b"
    gateway.execute(
        "update outbox set state = 'sent', provider_id = %s, rank = 0 where inbox_id ="
        " (select id from inbox where provider_id = %s)",
        sid,
        inbound["MessageSid"],
    )
    for word in told:
        code = {"ErrorCode": "30005"} if word == "undelivered" else {}
        fields = fixture("status_sent", MessageSid=sid, MessageStatus=word, **code)
        assert gateway.post(STATUS, fields).status_code == 204
    assert gateway.rows("select state from outbox where provider_id = %s", sid) == [(state,)]


def unreached(gateway: Gateway, number: int) -> str:
    """A message that was sent and then called undelivered with 30003; its inbound id."""
    inbound = fixture("message", MessageSid=f"SM{number:031x}c", From=f"+212616{number:06d}")
    assert gateway.post(WEBHOOK, inbound).status_code == 200
    sid = f"SM{number:031x}d"
    gateway.execute(
        "update outbox set state = 'sent', provider_id = %s, attempts = 1 where inbox_id ="
        " (select id from inbox where provider_id = %s)",
        sid,
        inbound["MessageSid"],
    )
    return sid


def outbox_of(gateway: Gateway, number: int) -> list[tuple[Any, ...]]:
    return gateway.rows(
        "select o.state, o.provider_id, o.next_attempt_at > now() + interval '10 minutes'"
        " from outbox o join inbox i on i.id = o.inbox_id where i.provider_id = %s",
        f"SM{number:031x}c",
    )


def test_an_unreachable_handset_is_tried_again_later(gateway: Gateway) -> None:
    sid = unreached(gateway, 1)
    assert gateway.post(STATUS, fixture("status_undelivered", MessageSid=sid)).status_code == 204
    assert outbox_of(gateway, 1) == [("pending", None, True)]


def test_not_when_the_citizen_wrote_again_meanwhile(gateway: Gateway) -> None:
    sid = unreached(gateway, 2)
    later = fixture("message", MessageSid="SM" + "9" * 32, From="+212616000002")
    assert gateway.post(WEBHOOK, later).status_code == 200
    assert gateway.post(STATUS, fixture("status_undelivered", MessageSid=sid)).status_code == 204
    assert outbox_of(gateway, 2) == [("failed", sid, False)]
