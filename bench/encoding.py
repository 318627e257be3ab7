"""Requests as bytes: Twilio's signed webhook, and the message of stock Rasa's REST channel."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from integrations.twilio.signature import sign

Encode = Callable[[int, int, str], bytes]
"""(number of the conversation, number of the message in it, text) -> a whole HTTP request."""

WEBHOOK = "/channels/sms/twilio"
REST = "/webhooks/rest/webhook"
FORM = Path(__file__).parent / "data" / "webhook.json"


def encoder(target: str, url: str, run: str, account: str, token: str) -> Encode:
    """For `twilio` or `rasa`. KeyError on another target."""
    fields: dict[str, str] = json.loads(FORM.read_text(encoding="utf-8")) | {"AccountSid": account}
    encoders: dict[str, Encode] = {
        "twilio": partial(_webhook, fields, url + WEBHOOK, run, token),
        "rasa": partial(_rest, run),
    }
    return encoders[target]


def message_id(run: str, conversation: int, message: int) -> str:
    """An id as Twilio forms them: it tells the run, the conversation and the message."""
    return f"SM{run}{conversation:016x}{message:08x}"


def number_of(run: str, conversation: int) -> str:
    """An invented Moroccan mobile number, another one for each conversation of each run."""
    return f"+2126{(int(run, 16) * 100_003 + conversation) % 10**8:08d}"


def _webhook(
    template: dict[str, str],
    url: str,
    run: str,
    token: str,
    conversation: int,
    message: int,
    text: str,
) -> bytes:
    sid = message_id(run, conversation, message)
    ids = dict.fromkeys(("SmsMessageSid", "SmsSid", "MessageSid"), sid)
    fields = template | ids | {"From": number_of(run, conversation), "Body": text}
    headers = f"X-Twilio-Signature: {sign(url, fields.items(), token)}\r\n"
    kind = "application/x-www-form-urlencoded"
    return _request(WEBHOOK, urlencode(fields).encode(), kind, headers)


def _rest(run: str, conversation: int, message: int, text: str) -> bytes:
    body = json.dumps({"sender": f"{run}-{conversation}", "message": text}).encode()
    return _request(REST, body, "application/json")


def _request(path: str, body: bytes, kind: str, headers: str = "") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body
