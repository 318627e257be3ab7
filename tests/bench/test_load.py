"""The requests of the load, its reading of answers, and the check against the database."""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qsl

import pytest

from bench.client import Measured, length_of, status_of
from bench.conditions import locked
from bench.encoding import encoder, number_of
from bench.verify import Stored, mismatches
from channels.sms.payload import inbound_of
from integrations.twilio.signature import is_signed
from tests.support.phone import FRIDAY

URL = "http://127.0.0.1:8080"


def test_a_webhook_is_signed_and_read_as_a_message() -> None:
    request = encoder("twilio", URL, "00c0ffee", "AC1", "token")(3, 2, "نعم & oui")
    head, _, body = request.partition(b"\r\n\r\n")
    fields = parse_qsl(body.decode(), keep_blank_values=True)
    signature = head.decode().partition("X-Twilio-Signature: ")[2].partition("\r\n")[0]
    assert is_signed(f"{URL}/channels/sms/twilio", fields, signature, "token")
    assert not is_signed(f"{URL}/channels/sms/twilio", fields, signature, "another")
    message = inbound_of(dict(fields), None, FRIDAY)
    assert (message.inbound.text, message.address) == ("نعم & oui", number_of("00c0ffee", 3))
    assert length_of(head + b"\r\n\r\n") == len(body)


def test_conversations_have_numbers_of_their_own() -> None:
    assert len({number_of("00c0ffee", n) for n in range(500)}) == 500
    with pytest.raises(KeyError):
        encoder("telegraph", URL, "00c0ffee", "", "")


@pytest.mark.parametrize(
    ("head", "status", "length"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 62\r\n\r\n", 200, 62),
        (b"HTTP/1.1 503 Service Unavailable\r\ncontent-length:7\r\n\r\n", 503, 7),
        (b"HTTP/1.1 204 No Content\r\nserver: x\r\n\r\n", 204, 0),
    ],
)
def test_heads(head: bytes, status: int, length: int) -> None:
    assert (status_of(head), length_of(head)) == (status, length)


TWO_TURNS = [(1, "form", 1.0), (2, "form", 1.0)]


@pytest.mark.parametrize(
    ("found", "errors", "expected"),
    [
        (Stored(2, 0, 0, 0, 1), 0, []),
        (Stored(1, 0, 0, 0, 1), 0, ["2 messages answered 200, 1 stored"]),
        (Stored(3, 0, 0, 0, 1), 0, ["2 messages answered 200, 3 stored"]),
        (Stored(2, 1, 0, 0, 1), 0, ["1 answered 200 before they were processed"]),
        (Stored(2, 0, 1, 0, 1), 0, ["1 turns failed inside"]),
        (Stored(2, 0, 0, 2, 1), 0, ["2 messages without a reply"]),
        (Stored(2, 0, 0, 0, 0), 0, ["1 whole births, 0 with a reference"]),
        (Stored(3, 0, 0, 0, 0), 1, ["1 messages refused or lost"]),
        (
            Stored(2, 0, 1, 0, 1, ("1 at message 12",)),
            0,
            ["1 turns failed inside", "1 at message 12"],
        ),
    ],
    ids=[
        *("all there", "lost", "twice", "waiting", "failed", "silent", "no reference", "refused"),
        "told where",
    ],
)
def test_what_was_acknowledged_must_be_stored(
    found: Stored, errors: int, expected: list[str]
) -> None:
    measured = Measured(turns=TWO_TURNS, refused=Counter({503: errors}), whole=1)
    assert mismatches("form", measured, found) == expected


def test_what_was_not_read_in_time_may_end_otherwise_but_is_stored() -> None:
    measured = Measured(turns=TWO_TURNS, whole=1)
    assert mismatches("mixed", measured, Stored(2, 1, 0, 1, 0), unread=1) == []
    assert mismatches("mixed", measured, Stored(1, 0, 0, 0, 0), unread=1) != []


def test_a_locked_version() -> None:
    lock = "rasa-sdk==3.6.2 \\\n    --hash=x\nrasa==3.6.21 \\\n"
    assert locked("rasa", lock) == "3.6.21"
    assert locked("ras", lock) is None
