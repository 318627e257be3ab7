"""What the simulator must know of the gateway it plays the provider for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """`sms_webhook` is the URL an operator would enter at the provider, fragment included
    (`#rc=2&rp=all`); `number` is the service's number in E.164 (or a sender name)."""

    account_sid: str
    auth_token: str
    number: str
    sms_webhook: str
