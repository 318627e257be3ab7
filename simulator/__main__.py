"""`python -m simulator`: the simulator on loopback, for the gateway that the settings describe."""

from __future__ import annotations

import sys

import uvicorn

from integrations.platform.settings import Settings, SettingsError
from simulator.app import create_app
from simulator.config import SimulatorConfig

# What an operator enters at the provider: two more tries, on any failure.
WEBHOOK_OVERRIDES = "#rc=2&rp=all"


def config_of(settings: Settings) -> SimulatorConfig:
    """The account and number of the settings, and the gateway's public webhook."""
    return SimulatorConfig(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        number=settings.sms_from,
        sms_webhook=f"{settings.base_url}/channels/sms/twilio{WEBHOOK_OVERRIDES}",
    )


def main() -> int:
    """Serve until interrupted; 2 when the settings forbid a simulator."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        sys.stderr.write(f"simulator.settings {error}\n")
        return 2
    if settings.is_production:
        sys.stderr.write("simulator.production HALA_ENV=production has no simulator\n")
        return 2
    app = create_app(config_of(settings))
    uvicorn.run(
        app, host="127.0.0.1", port=settings.simulator_port, access_log=False, log_level="warning"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
