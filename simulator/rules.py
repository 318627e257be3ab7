"""What the provider refuses, with its own codes, and what it does by itself on STOP and START."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from phonenumbers import PhoneNumberType
from starlette.responses import JSONResponse

from simulator.store import Message, Store

LONGEST_BODY = 1600
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def refusal(code: int, fields: Mapping[str, str] | None = None) -> JSONResponse:
    """The provider's error document for a code."""
    rule = _table("refusals.toml")[str(code)]
    given = fields or {}
    text = rule["message"].format_map({"to": given.get("To", ""), "from": given.get("From", "")})
    document = {
        "code": code,
        "message": text,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": rule["status"],
    }
    return JSONResponse(document, status_code=rule["status"])


def refused_code(fields: Mapping[str, str], number: str, store: Store) -> int | None:
    """The code a send call is refused by, in the order the provider checks; None to take it."""
    checks = (_recipient_code(fields), _sender_code(fields, number), _body_code(fields))
    found = next((code for code in checks if code), None)
    if found is None and fields["To"] in store.unsubscribed:
        return 21610
    return found or _callback_code(fields)


def _recipient_code(fields: Mapping[str, str]) -> int | None:
    to = fields.get("To", "")
    if not to:
        return 21604
    try:
        parsed = phonenumbers.parse(to)
    except phonenumbers.NumberParseException:
        return 21211
    if not phonenumbers.is_valid_number(parsed):
        return 21211
    return None if phonenumbers.number_type(parsed) in _MOBILE else 21614


def _sender_code(fields: Mapping[str, str], number: str) -> int | None:
    if fields.get("MessagingServiceSid", "").startswith("MG"):
        return None
    if not fields.get("From"):
        return 21603
    return None if fields["From"] == number else 21606


def _body_code(fields: Mapping[str, str]) -> int | None:
    body = fields.get("Body", "")
    if not body.strip():
        return 21602
    return 21617 if len(body) > LONGEST_BODY else None


def _callback_code(fields: Mapping[str, str]) -> int | None:
    callback = fields.get("StatusCallback")
    if callback is None:
        return None
    parts = urlsplit(callback)
    return None if parts.scheme in ("http", "https") and parts.netloc else 21609


def apply_stop_words(message: Message, store: Store) -> str | None:
    """Note the provider's own opt-out on an inbound message; what it answers by itself."""
    word = message.body.strip().upper()
    for kind, rule in _table("stop_words.toml").items():
        if word in rule["words"]:
            message.opt_out_type = kind
            if kind == "STOP":
                store.unsubscribed.add(message.sender)
            elif kind == "START":
                store.unsubscribed.discard(message.sender)
            return str(rule["answer"])
    return None
