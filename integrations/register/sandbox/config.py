"""What one sandbox register is told: where its data is, who its client is, what time it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from integrations.platform.clock import Clock, SystemClock, clock_from
from integrations.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """`sandbox_token` empty: `/sandbox/*` is not there. `webhook_url` empty: no webhooks."""

    database_url: str
    client_id: str
    client_secret: str
    sandbox_token: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""
    base_url: str = "http://127.0.0.1:8090"
    clock: Clock = field(default_factory=SystemClock)
    exists_per_minute: int = 60


def config_of(settings: Settings, database_url: str) -> SandboxConfig:
    """The client, the secrets and the clock that the settings name."""
    return SandboxConfig(
        database_url=database_url,
        client_id=settings.register_client_id,
        client_secret=settings.register_client_secret.get_secret_value(),
        sandbox_token=settings.register_sandbox_token.get_secret_value(),
        webhook_url=settings.register_webhook,
        webhook_secret=settings.register_webhook_secret.get_secret_value(),
        base_url=settings.register_base.rstrip("/"),
        clock=clock_from(settings.clock),
    )
