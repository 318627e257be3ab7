"""Each code asks something of us, and an unknown one is loud."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from integrations.twilio.errors import code_rules, failure_of_code, failure_of_status
from integrations.twilio.receipts import delivery_state, delivery_states


@pytest.mark.parametrize(
    ("code", "retry", "stop"),
    [
        pytest.param(20429, "soon", False, id="too many requests"),
        pytest.param(63018, "soon", False, id="channel rate"),
        pytest.param(30003, "later", False, id="unreachable"),
        pytest.param(21610, "no", True, id="unsubscribed"),
        pytest.param(63014, "no", True, id="blocked"),
        pytest.param(21211, "no", False, id="not a number"),
        pytest.param(21614, "no", False, id="not mobile"),
        pytest.param(21606, "no", False, id="sender"),
        pytest.param(21408, "no", False, id="region"),
    ],
)
def test_code_asks(code: int, retry: str, stop: bool) -> None:
    failure = failure_of_code(code, 400)
    assert (failure.retry, failure.stop_contact) == (retry, stop)
    assert not failure.maybe_sent


def test_unknown_code_is_an_error_in_the_log_and_final() -> None:
    with capture_logs() as logs:
        failure = failure_of_code(29999, 400)
    assert (failure.retry, failure.ours) == ("no", True)
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("twilio.unknown_code", "error")
    ]


def test_known_code_of_the_citizens_side_is_quiet() -> None:
    with capture_logs() as logs:
        failure_of_code(21610, 400)
    assert logs == []


@pytest.mark.parametrize(
    ("status", "retry", "maybe_sent"),
    [(500, "soon", True), (503, "soon", True), (429, "soon", False), (418, "no", False)],
)
def test_answer_without_a_code(status: int, retry: str, maybe_sent: bool) -> None:
    failure = failure_of_status(status)
    assert (failure.retry, failure.maybe_sent) == (retry, maybe_sent)


def test_every_rule_says_what_it_means() -> None:
    assert all(rule.means for rule in code_rules().values())


def test_every_status_twilio_names_has_ours() -> None:
    named = "accepted scheduled queued sending sent delivered undelivered failed read canceled"
    assert set(delivery_states()) == set(named.split())


def test_unknown_status_is_an_error() -> None:
    with pytest.raises(KeyError):
        delivery_state("teleported")
