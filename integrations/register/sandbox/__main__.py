"""`python -m integrations.register.sandbox`: the sandbox register on loopback."""

from __future__ import annotations

import sys

import uvicorn

from integrations.local.layout import LocalError
from integrations.local.services import local_services
from integrations.platform.logs import configure_logs
from integrations.platform.settings import Settings, SettingsError
from integrations.register.sandbox.app import create_app
from integrations.register.sandbox.config import config_of
from integrations.register.sandbox.migrate import SandboxError, database_of, prepare


def main() -> int:
    """Serve until interrupted; 2 when the settings forbid it, 1 when its database is not there."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        sys.stderr.write(f"register.settings {error}\n")
        return 2
    if settings.is_production:
        sys.stderr.write("register.production HALA_ENV=production has no sandbox register\n")
        return 2
    configure_logs(settings)
    try:
        with local_services(settings) as services:
            _serve(settings, services.database_url)
    except (LocalError, SandboxError) as error:
        sys.stderr.write(f"register.database the sandbox register: {error}\n")
        return 1
    return 0


def _serve(settings: Settings, beside: str) -> None:
    url = database_of(settings, beside)
    prepare(url, None if settings.register_database_url else beside)
    uvicorn.run(
        create_app(config_of(settings, url)),
        host="127.0.0.1",
        port=settings.register_port,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    sys.exit(main())
