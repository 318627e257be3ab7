"""The gateway on loopback with the real services, and the provider's side of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg

from actions.core import Core
from channels.app import create_app
from integrations.local.services import Endpoints
from integrations.platform.keys import create_keys
from integrations.platform.settings import Settings
from integrations.twilio.signature import sign
from tests.support import counting
from tests.support.provider import SERVICE, SID, TOKEN
from tests.support.services import settings_for
from tests.support.serving import free_port, serving

COUNTING = Core(counting.advance, counting.word)
FIXTURES = Path(__file__).parents[1] / "channels" / "sms" / "fixtures"


def gateway_settings(
    folder: Path, endpoints: Endpoints, database_url: str, **values: object
) -> Settings:
    """Settings of one gateway, with free ports and the tests' account."""
    settings = settings_for(
        folder,
        **values,
        port=free_port(),
        simulator_port=free_port(),
        understanding_port=free_port(),
        register_port=free_port(),
        database_url=database_url,
        redis_url=endpoints.redis_url,
        twilio_account_sid=SID,
        twilio_auth_token=TOKEN,
        sms_from=SERVICE,
    )
    if not settings.keys_path.exists():
        create_keys(settings.keys_path)
    return settings


@dataclass
class Gateway:
    """A running gateway."""

    settings: Settings
    database_url: str

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """A webhook as Twilio posts it."""
        url = self.settings.base_url + path
        signature = {"X-Twilio-Signature": sign(url, fields.items(), TOKEN)}
        return self.post_raw(path, urlencode(fields), signature | dict(headers or {}))

    def post_raw(self, path: str, body: str, headers: Mapping[str, str]) -> httpx.Response:
        """Any body under any headers."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        url = self.settings.base_url + path
        return httpx.post(url, content=body, headers=form | dict(headers), timeout=30)

    def get(self, path: str) -> httpx.Response:
        """A plain request."""
        return httpx.get(self.settings.base_url + path, timeout=10)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def execute(self, statement: str, *values: Any) -> None:
        """Change what the database holds."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement.encode(), values)


@contextmanager
def running_gateway(settings: Settings, database_url: str, core: Core) -> Iterator[Gateway]:
    """A gateway with this core."""
    with serving(create_app(settings, core), settings.port):
        yield Gateway(settings, database_url)


def fixture(name: str, **changes: str) -> dict[str, str]:
    """A captured form, with changes."""
    fields: dict[str, str] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return fields | changes
