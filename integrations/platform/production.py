"""What `HALA_ENV=production` refuses to start with: everything that exists for trials only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from integrations.platform.settings import Settings

DEFAULT_PASSWORDS = frozenset({"", "postgres", "password", "hala", "admin", "changeme"})


def refusals(settings: Settings) -> list[str]:
    """One sentence per reason not to start; empty outside production."""
    if not settings.is_production:
        return []
    checks = (
        (_is_ours(settings.register_url, settings.register_port), "HALA_REGISTER_URL: the sandbox"),
        (
            _is_ours(settings.twilio_api_base, settings.simulator_port),
            "HALA_TWILIO_API_BASE: the simulator",
        ),
        (not settings.base_url.startswith("https://"), "HALA_PUBLIC_URL: not https"),
        (settings.keys_file is None, "HALA_KEYS_FILE: keys must be given, not generated"),
        (settings.clock is not None, "HALA_CLOCK: a set clock"),
        *_default_values(settings),
    )
    return [reason for refused, reason in checks if refused]


def _default_values(settings: Settings) -> list[tuple[bool, str]]:
    fields = type(settings).model_fields
    defaults = (
        *("twilio_account_sid", "twilio_auth_token", "sms_from"),
        *("register_client_id", "register_client_secret", "register_webhook_secret"),
    )
    unset = [
        (getattr(settings, name) == fields[name].default, f"HALA_{name.upper()}: the trial value")
        for name in defaults
    ]
    return [*unset, (_default_password(settings), "HALA_DATABASE_URL: a default password")]


def _default_password(settings: Settings) -> bool:
    if settings.database_url is None:
        return False
    url = urlsplit(settings.database_url.get_secret_value())
    # Without a host the URL means a local socket, where the system's own user is the credential.
    return bool(url.hostname) and (url.password or "") in DEFAULT_PASSWORDS


def _is_ours(url: str, port: int) -> bool:
    """Whether the address is empty (our own service is meant) or plainly our own service."""
    parts = urlsplit(url)
    return not url or (parts.hostname in {"127.0.0.1", "localhost", "::1"} and parts.port == port)
