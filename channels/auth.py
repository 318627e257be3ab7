"""Who may call a route. Every route names its rule; a test refuses one without.

The rule is written where the route is made and checked by the route's own code: here are the words.
"""

from __future__ import annotations

from typing import Any

PUBLIC = "public"
"""Anybody; nothing personal goes in or out."""

TWILIO_SIGNATURE = "twilio-signature"
"""Twilio only: `X-Twilio-Signature` over the configured public URL; else 403."""

REGISTER_SIGNATURE = "register-signature"
"""The register only: `X-Register-Signature` over the body as sent, not older than five minutes and
not seen before; else 403."""

WEB_SESSION = "web-session"
"""A page of ours: its origin (or the browser's word that it is ours), and the session's cookie,
which `POST /chat/session` makes; else 403 or 401."""

LINK = "link"
"""Whoever has the link: a token of 32 random bytes in the path, good for one form until it ends;
else the same 404 for all."""

RULES = frozenset({PUBLIC, LINK, TWILIO_SIGNATURE, REGISTER_SIGNATURE, WEB_SESSION})
_KEY = "x-auth"


def auth(rule: str) -> dict[str, Any]:
    """For a route's `openapi_extra`."""
    if rule not in RULES:
        raise ValueError(f"unknown auth rule {rule!r}")
    return {_KEY: rule}


def name_rule(route: object, rule: str) -> None:
    """For a route whose kind takes no `openapi_extra`: a WebSocket's."""
    route.openapi_extra = auth(rule)  # type: ignore[attr-defined]


def rule_of(route: object) -> str | None:
    """The rule a route names; None when it names none."""
    extra: dict[str, Any] = getattr(route, "openapi_extra", None) or {}
    return extra.get(_KEY)
