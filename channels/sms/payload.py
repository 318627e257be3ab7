"""Twilio's form for an SMS, read. Unknown fields are ignored: Twilio adds some without notice."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast, get_args
from urllib.parse import parse_qsl

from actions.messages import InboundMessage, Spoken
from bot.dialogue.messages import Inbound, Media
from channels.problems import ProblemError
from integrations.platform.logs import get_logger

log = get_logger(__name__)
PROVIDER = "twilio"
MOST_FIELDS = 200
_SID = re.compile(r"[A-Za-z]{2}[0-9a-f]{32}")
# A citizen's number in E.164, or a short code or name that some services send from.
_SENDER = re.compile(r"\+?[0-9A-Za-z][0-9A-Za-z .-]{1,20}")

Fields = Mapping[str, str]
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a message of ours fares, in the provider's words."""

    provider_id: str
    status: str
    error_code: int | None


def pairs_of(body: bytes) -> Pairs:
    """The form's fields in order, nothing trimmed; ProblemError 400 when it is no form."""
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise ProblemError(400, "sms.not_a_form") from None


def inbound_of(fields: Fields, token: str | None, received_at: datetime) -> InboundMessage:
    """The message; ProblemError 400 with the field that is wrong."""
    return InboundMessage(
        channel="sms",
        provider=PROVIDER,
        provider_id=_sid(fields),
        address=_sender(fields),
        inbound=Inbound(text=fields.get("Body", ""), media=_media(fields)),
        received_at=received_at,
        idempotency_token=token or None,
        spoken=_spoken(fields),
    )


def receipt_of(fields: Fields) -> Receipt:
    """The delivery receipt; ProblemError 400 with the field that is wrong."""
    status = fields.get("MessageStatus") or fields.get("SmsStatus")
    if not status:
        raise ProblemError(400, "sms.missing_status")
    code = fields.get("ErrorCode") or "0"
    if not code.isascii() or not code.isdigit():
        raise ProblemError(400, "sms.bad_error_code")
    return Receipt(_sid(fields), status, int(code) or None)


def check_account(fields: Fields, account_sid: str) -> None:
    """ProblemError 400 when the webhook speaks for another account."""
    if fields.get("AccountSid") != account_sid:
        raise ProblemError(400, "sms.other_account")


def _sid(fields: Fields) -> str:
    sid = fields.get("MessageSid", "")
    if not _SID.fullmatch(sid):
        raise ProblemError(400, "sms.bad_message_sid")
    return sid


def _sender(fields: Fields) -> str:
    sender = fields.get("From", "")
    if not _SENDER.fullmatch(sender):
        raise ProblemError(400, "sms.bad_sender")
    return sender


def _spoken(fields: Fields) -> Spoken | None:
    """What Twilio understood and answered by itself; a word of theirs we do not know is told."""
    kind = fields.get("OptOutType")
    if not kind:
        return None
    if kind not in get_args(Spoken):
        log.error("sms.unknown_opt_out_type", kind=kind)
        return None
    return cast("Spoken", kind)


def _media(fields: Fields) -> Media | None:
    if "Latitude" in fields:
        return "location"
    if fields.get("NumMedia", "0") in ("", "0"):
        return None
    return media_kind(fields.get("MediaContentType0", ""))


def media_kind(content_type: str) -> Media:
    """Our kind for a content type: the longest prefix of `media.toml` that fits, else `other`."""
    kinds = _media_kinds()
    fitting = [prefix for prefix in kinds if content_type.lower().startswith(prefix)]
    return kinds[max(fitting, key=len)] if fitting else "other"


@cache
def _media_kinds() -> dict[str, Media]:
    raw = Path(__file__).with_name("media.toml").read_text(encoding="utf-8")
    kinds: dict[str, Media] = tomllib.loads(raw)
    return kinds
