"""Settings: documented, typed, refused when unknown, and strict in production."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.platform.settings import Settings, SettingsError, known_names
from integrations.platform.settings_page import PAGE, page

PRODUCTION = {
    "HALA_ENV": "production",
    "HALA_PUBLIC_URL": "https://hala.example",
    "HALA_REGISTER_URL": "https://register.example",
    "HALA_REGISTER_CLIENT_ID": "hala",
    "HALA_REGISTER_CLIENT_SECRET": "a-real-secret",
    "HALA_REGISTER_WEBHOOK_SECRET": "another-real-secret",
    "HALA_TWILIO_API_BASE": "https://api.twilio.com",
    "HALA_TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "HALA_TWILIO_AUTH_TOKEN": "a-real-token",
    "HALA_SMS_FROM": "+15551234567",
    "HALA_KEYS_FILE": "/etc/hala/keys.json",
    "HALA_DATABASE_URL": "postgresql://hala:long-and-own@db.example/hala",
}

REFUSED = [
    ("HALA_PUBLIC_URL", "http://hala.example"),
    ("HALA_PUBLIC_URL", None),
    ("HALA_REGISTER_URL", None),
    ("HALA_REGISTER_URL", "http://127.0.0.1:8090"),
    ("HALA_REGISTER_CLIENT_ID", None),
    ("HALA_REGISTER_CLIENT_SECRET", None),
    ("HALA_REGISTER_WEBHOOK_SECRET", None),
    ("HALA_TWILIO_API_BASE", None),
    ("HALA_TWILIO_API_BASE", "http://localhost:8070"),
    ("HALA_TWILIO_ACCOUNT_SID", None),
    ("HALA_TWILIO_AUTH_TOKEN", None),
    ("HALA_SMS_FROM", None),
    ("HALA_KEYS_FILE", None),
    ("HALA_CLOCK", "2025-11-03T10:00:00+01:00"),
    ("HALA_DATABASE_URL", "postgresql://hala:postgres@db.example/hala"),
    ("HALA_DATABASE_URL", "postgresql://hala@db.example/hala"),
]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in known_names():
        monkeypatch.delenv(name, raising=False)


def test_the_page_is_made_from_the_settings() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run integrations.platform.settings_page"


def test_every_setting_is_described() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"`HALA_{name.upper()}`" in page()


def test_values_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALA_PORT", "9000")
    settings = Settings.load()
    assert settings.port == 9000
    assert settings.base_url == "http://127.0.0.1:9000"
    assert settings.trial


def test_an_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALA_PROT", "9000")
    with pytest.raises(SettingsError, match="HALA_PROT: unknown setting"):
        Settings.load()


def test_a_bad_value_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALA_PORT", "secret-looking")
    with pytest.raises(SettingsError, match="HALA_PORT") as caught:
        Settings.load()
    assert "secret-looking" not in str(caught.value)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n", encoding="utf-8")
    monkeypatch.setenv("HALA_TWILIO_AUTH_TOKEN_FILE", str(tmp_path / "token"))
    settings = Settings.load()
    assert settings.twilio_auth_token.get_secret_value() == "from-file"
    assert "from-file" not in repr(settings)


def test_a_missing_secret_file_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALA_TWILIO_AUTH_TOKEN_FILE", "/nowhere/token")
    with pytest.raises(SettingsError, match="HALA_TWILIO_AUTH_TOKEN_FILE: No such file"):
        Settings.load()


def test_a_plain_setting_has_no_file_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALA_PORT_FILE", "/etc/port")
    with pytest.raises(SettingsError, match="HALA_PORT_FILE: unknown"):
        Settings.load()


def test_production_starts_with_everything_real(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    assert not Settings.load().trial


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_production_refuses_what_is_for_trials(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    for each, real in {**PRODUCTION, name: value}.items():
        if real is not None:
            monkeypatch.setenv(each, real)
    with pytest.raises(SettingsError, match=name):
        Settings.load()
