"""The one settings object: every `HALA_` name the product reads, typed and described.

Sources, the first wins: environment, `HALA_<NAME>_FILE` for secrets, defaults below. An unknown
`HALA_` name is refused, so that a misspelt setting is an error at start and not a silent default.
`docs/settings.md` is made from the descriptions (`python -m integrations.platform.settings_page`).
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from integrations.platform.production import refusals

PREFIX = "HALA_"
CHECKOUT = Path(__file__).resolve().parents[2]
TRIAL_ACCOUNT = "AC" + "0" * 32
TRIAL_TOKEN = "trial-auth-token"  # noqa: S105 - public on purpose, refused in production
TRIAL_SENDER = "+15005550006"
TRIAL_CLIENT = "hala-trial"
TRIAL_CLIENT_SECRET = "trial-register-secret"  # noqa: S105 - as above
TRIAL_WEBHOOK_SECRET = "trial-webhook-secret"  # noqa: S105 - as above
TRIAL_SANDBOX_TOKEN = "trial-sandbox-token"  # noqa: S105 - as above

Environment = Literal["development", "test", "production"]
LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(Exception):
    """The settings cannot be used; the text names each setting and its cause, never a value."""


class Settings(BaseSettings):
    """Read with `Settings.load()`. Ports are TCP ports, `*_timeout` are seconds, `*_days` days."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    env: Environment = Field("development", description="Where this runs; see Production below.")
    data_dir: Path = Field(
        CHECKOUT / ".hala", description="Local data: embedded services, keys, models, logs."
    )
    host: str = Field("127.0.0.1", description="Address the gateway listens on.")
    port: int = Field(8080, description="Port of the gateway.")
    public_url: str = Field("", description="Base URL providers call; the gateway's when empty.")
    gateway_workers: int = Field(1, ge=1, description="Gateway processes.")
    proxies: str = Field(
        "", description="Proxies in front whose X-Forwarded-For is believed: addresses, by comma."
    )
    turns_in_flight: int = Field(16, ge=1, description="Turns one process runs at once.")

    database_url: SecretStr | None = Field(
        None, description="PostgreSQL URL; when absent an embedded PostgreSQL is started."
    )
    redis_url: SecretStr | None = Field(
        None, description="Valkey or Redis URL; when absent an embedded Valkey is started."
    )
    postgres_bin_dir: Path | None = Field(
        None, description="Folder of another PostgreSQL's programs, e.g. Debian's."
    )
    keys_file: Path | None = Field(
        None, description="Key file (0600); `<data_dir>/keys.json` outside production."
    )

    understanding_url: str = Field("", description="Base URL of understanding; loopback if empty.")
    understanding_port: int = Field(5005, description="Port of understanding on loopback.")
    understanding_timeout: float = Field(2.0, gt=0, description="Longest wait for understanding.")
    rasa_python: Path | None = Field(None, description="Python 3.10 for the Rasa environment.")

    register_url: str = Field("", description="Base URL of the register; the sandbox when empty.")
    register_port: int = Field(8090, description="Port of the sandbox register on loopback.")
    register_client_id: str = Field(TRIAL_CLIENT, description="Our client id at the register.")
    register_client_secret: SecretStr = Field(
        SecretStr(TRIAL_CLIENT_SECRET), description="Our client secret at the register."
    )
    register_webhook_secret: SecretStr = Field(
        SecretStr(TRIAL_WEBHOOK_SECRET), description="Signs the register's webhooks."
    )
    register_webhook_url: str = Field(
        "", description="Where the sandbox register posts its webhooks; the gateway when empty."
    )
    register_database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL URL of the sandbox register; when absent a database `register` "
        "beside the product's.",
    )
    register_sandbox_token: SecretStr = Field(
        SecretStr(TRIAL_SANDBOX_TOKEN),
        description="Opens `/sandbox/*` of the sandbox register (header X-Sandbox-Token).",
    )
    simulator_port: int = Field(8070, description="Port of the simulator on loopback.")

    twilio_account_sid: str = Field(TRIAL_ACCOUNT, description="Twilio account.")
    twilio_auth_token: SecretStr = Field(
        SecretStr(TRIAL_TOKEN), description="Twilio primary token; signs webhooks."
    )
    twilio_api_base: str = Field(
        "", description="Base URL of Twilio's API; the simulator's when empty."
    )
    sms_from: str = Field(TRIAL_SENDER, description="Number our SMS leave from, E.164.")

    web_idle_minutes: int = Field(
        30, ge=1, description="A web chat that is silent for so long is wiped from the screen."
    )
    embed_origins: str = Field(
        "", description="Sites that may show the chat inside a page of theirs: origins, by comma."
    )

    cndp_number: str = Field("", description="Number of the CNDP authorisation; never invented.")
    draft_days: int = Field(7, ge=1, description="A draft lives this long after a message.")
    resume_days: int = Field(
        30, ge=1, description="A draft with a resume code, and the code, live this long after it."
    )
    transcript_days: int = Field(90, ge=1, description="Texts of messages are kept this long.")
    receipt_days: int = Field(
        7, ge=0, description="The form to print can be fetched this long after the last day."
    )
    retention_days: int = Field(
        60, ge=1, description="A pre-declaration is kept this long after its last day."
    )

    clock: datetime | None = Field(
        None, description="Start the clock at this ISO time; for trials and tests."
    )
    log_level: LogLevel = Field("info", description="Least severe level that is logged.")

    @classmethod
    def load(cls, **overrides: Any) -> Settings:
        """Settings from the environment; raises `SettingsError` with one line per fault."""
        faults = _unknown_names()
        if faults:
            raise SettingsError("; ".join(faults))
        try:
            settings = cls(**overrides)
        except ValidationError as error:
            raise SettingsError(_describe(error)) from None
        if faults := refusals(settings):
            raise SettingsError("HALA_ENV=production refused: " + "; ".join(faults))
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls)

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def trial(self) -> bool:
        """Whether pages and first messages must say that this is a trial version."""
        return not self.is_production

    @property
    def base_url(self) -> str:
        """The URL citizens and providers reach us by, without a final slash."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def understanding_base(self) -> str:
        return self.understanding_url or f"http://127.0.0.1:{self.understanding_port}"

    @property
    def register_base(self) -> str:
        return self.register_url or f"http://127.0.0.1:{self.register_port}"

    @property
    def register_webhook(self) -> str:
        return self.register_webhook_url or f"{self.base_url}/channels/register/webhook"

    @property
    def twilio_base(self) -> str:
        return self.twilio_api_base or f"http://127.0.0.1:{self.simulator_port}"

    @property
    def keys_path(self) -> Path:
        return self.keys_file or self.data_dir / "keys.json"


class SecretFiles(PydanticBaseSettingsSource):
    """Secrets read from the file that `HALA_<NAME>_FILE` names (Docker and systemd credentials)."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(_file_name(field_name)) if is_secret(field) else None
        if path is None:
            return None, field_name, False
        return self._read(field_name, Path(path)), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in found.items() if value is not None}

    def _read(self, field_name: str, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{_file_name(field_name)}: {error.strerror}") from None


def is_secret(field: FieldInfo) -> bool:
    """Secrets may come from a file and are never shown."""
    return "SecretStr" in str(field.annotation)


def known_names() -> frozenset[str]:
    """Every `HALA_` name that may stand in the environment."""
    fields = Settings.model_fields
    plain = {PREFIX + name.upper() for name in fields}
    return frozenset(
        plain | {_file_name(name) for name, field in fields.items() if is_secret(field)}
    )


def _file_name(field_name: str) -> str:
    return f"{PREFIX}{field_name.upper()}_FILE"


def _unknown_names() -> list[str]:
    names = {name for name in os.environ if name.upper().startswith(PREFIX)}
    return [f"{name}: unknown setting" for name in sorted(names - known_names())]


def _describe(error: ValidationError) -> str:
    return "; ".join(
        f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
    )
