"""What a failed call means for the message: sent again, given up, or first looked up.

Twilio's codes stop here. `codes.toml` says what each asks of us; an unknown one is loud and final,
so that a new code becomes a line in the table and not a silent habit.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import structlog

Retry = Literal["soon", "later", "no"]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SendFailure:
    """Why a message did not leave, as a value.

    `code` is Twilio's (0 when the call had none), `status` the HTTP status (0 without an answer).
    `maybe_sent` means the provider may hold the message all the same: look it up before resending.
    """

    code: int
    status: int
    retry: Retry
    ours: bool = False
    stop_contact: bool = False
    maybe_sent: bool = False
    means: str = ""


@dataclass(frozen=True, slots=True)
class CodeRule:
    """One line of the table."""

    retry: Retry
    ours: bool
    stop: bool
    means: str


@cache
def code_rules() -> dict[int, CodeRule]:
    """The table of `codes.toml`, by code."""
    raw = tomllib.loads(Path(__file__).with_name("codes.toml").read_text(encoding="utf-8"))
    return {int(code): _rule(fields) for code, fields in raw.items()}


def _rule(fields: dict[str, object]) -> CodeRule:
    retry = str(fields["retry"])
    if retry not in ("soon", "later", "no"):
        raise ValueError(f"twilio codes.toml: retry must be soon, later or no, not {retry!r}")
    return CodeRule(
        retry=retry,  # type: ignore[arg-type]  # checked on the line above
        ours=bool(fields.get("ours", False)),
        stop=bool(fields.get("stop", False)),
        means=str(fields["means"]),
    )


def failure_of_code(code: int, status: int = 0) -> SendFailure:
    """The failure for an error code, from a refused call (`status`) or from a delivery receipt."""
    rule = code_rules().get(code)
    if rule is None:
        log.error("twilio.unknown_code", code=code, status=status)
        return SendFailure(code, status, "no", ours=True, means="unknown code")
    if rule.ours:
        log.error("twilio.our_fault", code=code, status=status, means=rule.means)
    return SendFailure(code, status, rule.retry, rule.ours, rule.stop, means=rule.means)


def failure_of_status(status: int) -> SendFailure:
    """The failure for an HTTP answer that carried no code of Twilio's.

    A 5xx may come from a proxy in front of an API that took the message, hence `maybe_sent`.
    """
    if status == 429:
        return failure_of_code(20429, status)
    if status >= 500:
        return SendFailure(0, status, "soon", maybe_sent=True, means="provider error")
    log.error("twilio.unknown_answer", status=status)
    return SendFailure(0, status, "no", ours=True, means="answer without a code")


def not_reached() -> SendFailure:
    """No connection was made: the message certainly did not leave."""
    return SendFailure(0, 0, "soon", means="provider not reached")


def no_answer() -> SendFailure:
    """The call went out and no whole answer came back: the message may have left."""
    return SendFailure(0, 0, "soon", maybe_sent=True, means="no answer")
