"""Who posted a webhook: HMAC-SHA256 over its time and its body, `t=<unix seconds>,v1=<hex>`."""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "X-Register-Signature"
LONGEST_SECONDS = 300
_FORM = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def sign(body: bytes, secret: str, at: int) -> str:
    """The header's value, as the register makes it."""
    return f"t={at},v1={_mac(body, secret, str(at))}"


def signed_at(header: str, body: bytes, secret: str) -> int | None:
    """When the body was signed with this secret; None where it was not."""
    form = _FORM.fullmatch(header)
    if form is None or not secret:
        return None
    fits = hmac.compare_digest(_mac(body, secret, form[1]), form[2])
    return int(form[1]) if fits else None


def _mac(body: bytes, secret: str, at: str) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
