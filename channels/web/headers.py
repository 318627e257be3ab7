"""What a browser must refuse for the chat: whatever is not ours, whoever frames us unasked."""

from __future__ import annotations

import re

from integrations.platform.settings import Settings, SettingsError

GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
CROSS_ORIGIN = {"Cross-Origin-Resource-Policy": "cross-origin"}
_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?")


class EmbedOriginsError(SettingsError):
    """settings.embed_origins: an entry of HALA_EMBED_ORIGINS that is not an origin."""


def embed_origins(settings: Settings) -> tuple[str, ...]:
    """The origins that may frame the chat. Raises EmbedOriginsError: a policy is never guessed."""
    listed = re.split(r"[,\s]+", settings.embed_origins.strip())
    origins = tuple(origin.rstrip("/") for origin in listed if origin)
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise EmbedOriginsError(f"HALA_EMBED_ORIGINS: {origin!r} is not like https://site.ma")
    return origins


def page_headers(settings: Settings, embed: bool) -> dict[str, str]:
    """For the page. Only the embedded one may stand in a frame, and only where the setting says."""
    framed_by = embed_origins(settings) if embed else ()
    # Older browsers do not take 'self' for the socket's scheme.
    socket = settings.base_url.replace("http", "ws", 1)
    ancestors = " ".join(framed_by) or "'none'"
    policy = (*_POLICY, f"connect-src 'self' {socket}", f"frame-ancestors {ancestors}")
    headers = GUARDS | {
        "Content-Security-Policy": "; ".join(policy),
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
    }
    return headers if framed_by else headers | {"X-Frame-Options": "DENY"}
