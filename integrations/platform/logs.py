"""JSON logs without personal data.

Events are constant sentences with fields beside them. Fields named like personal data are refused:
an error outside production, a blank in it. Exceptions appear as type, code and place: their texts
may carry values.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

from integrations.platform.settings import Settings

PERSONAL = frozenset(
    {
        *("text", "body", "message", "content", "reply", "replies", "answer", "value", "values"),
        *("phone", "msisdn", "address", "sender", "from", "to", "number", "name", "names"),
        *("given_name", "family_name", "cnie", "identity", "email", "draft", "state", "params"),
        *("reference", "token", "secret", "password", "url", "birth_date"),
    }
)
Event = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class PersonalDataError(Exception):
    """A log call passes a field that may hold personal data; the text names the field only."""


class Logger(structlog.stdlib.BoundLogger):
    """structlog's logger, but `exception` keeps the exception from every other handler as well."""

    def exception(self, event: str | None = None, *args: Any, **fields: Any) -> None:
        """Log an error with the exception under way, described."""
        self.error(event, *args, **{"exc_info": True, **fields})


class RefusePersonalData:
    """Refuses fields named like personal data; `strict` raises, otherwise the value is blanked."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict

    def __call__(self, logger: object, method: str, event: Event) -> Event:
        for field in PERSONAL.intersection(event):
            if self._strict:
                raise PersonalDataError(f"log field {field!r} may hold personal data")
            event[field] = "[refused]"
        return event


def describe_exception(logger: object, method: str, event: Event) -> Event:
    """Replace `exc_info` by type, code and place, chain included."""
    error = _exception_of(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = _chain(error)
    return event


def configure_logs(settings: Settings) -> None:
    """One JSON object a line on standard error, for our own events and for every library's."""
    _configure_structlog(strict=not settings.is_production)
    _configure_standard_logging(settings.log_level)
    # A log line that cannot be written is printed by Python with the exception under way: never.
    logging.raiseExceptions = False


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def _shared() -> list[structlog.types.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
    ]


def _configure_structlog(strict: bool) -> None:
    structlog.configure(
        processors=[
            *_shared(),
            RefusePersonalData(strict),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=Logger,
    )


def _configure_standard_logging(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Their lines at "info" hold request lines with query strings, or job arguments.
    for library in ("httpx", "httpcore", "uvicorn.access", "twilio", "alembic", "procrastinate"):
        logging.getLogger(library).setLevel(logging.WARNING)


def _exception_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _chain(error: BaseException) -> list[dict[str, Any]]:
    described = [_describe(error)]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return described + (_chain(cause) if cause is not None else [])


def _describe(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    code = getattr(error, "sqlstate", None) or getattr(error, "code", None)
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "code": code if isinstance(code, int | str) else None,
        "at": [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames],
    }


# Before anything is configured structlog prints local variables with an exception: never here.
_configure_structlog(strict=True)
