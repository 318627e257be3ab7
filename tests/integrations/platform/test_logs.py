"""Logs: JSON, and nothing of a person in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integrations.platform.logs import (
    PERSONAL,
    PersonalDataError,
    RefusePersonalData,
    configure_logs,
    get_logger,
)
from integrations.platform.settings import Settings

CANARY = "Zohra El Canari"


@contextmanager
def configured(settings: Settings) -> Iterator[None]:
    """Logging as a process configures it, put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    configure_logs(settings)
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_json_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with configured(settings):
        get_logger("here").warning("turn failed", inbox_id="7")
    (line,) = lines(capsys)
    assert (line["event"], line["inbox_id"], line["level"]) == ("turn failed", "7", "warning")


@pytest.mark.parametrize("field", sorted(PERSONAL))
def test_a_personal_field_is_refused(field: str) -> None:
    with pytest.raises(PersonalDataError, match=field):
        RefusePersonalData(strict=True)(None, "info", {"event": "x", field: CANARY})
    kept = RefusePersonalData(strict=False)(None, "info", {"event": "x", field: CANARY})
    assert CANARY not in str(kept)


def test_exceptions_tell_type_and_place_without_text(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(CANARY) from cause
    except ValueError:
        with configured(settings):
            get_logger("here").exception("it failed")
            logging.getLogger("library").exception("theirs failed")
    ours, theirs = lines(capsys)
    for line in (ours, theirs):
        assert CANARY not in json.dumps(line)
        exception = line["exception"]
        assert isinstance(exception, list)
        assert [part["type"] for part in exception] == ["builtins.ValueError", "builtins.KeyError"]
        assert "test_logs.py" in exception[0]["at"][-1]
