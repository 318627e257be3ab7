"""The circuit breaker alone."""

from __future__ import annotations

from integrations.platform.breaker import Breaker


def test_stays_closed_below_the_limit_and_counts_anew_after_a_success() -> None:
    breaker = Breaker(2, 10, lambda: 0.0)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert (breaker.allows(), breaker.is_open) == (True, False)


def test_refuses_until_the_pause_is_over_then_lets_one_through() -> None:
    now = [0.0]
    breaker = Breaker(1, 10, lambda: now[0])
    breaker.failed()
    now[0] = 9.9
    assert not breaker.allows()
    now[0] = 10.0
    assert [breaker.allows(), breaker.allows()] == [True, False]


def test_a_trial_that_never_comes_back_is_followed_by_another() -> None:
    now = [0.0]
    breaker = Breaker(1, 10, lambda: now[0])
    breaker.failed()
    for later in (10.0, 20.0):
        now[0] = later
        assert breaker.allows()


def test_a_successful_trial_closes_it() -> None:
    now = [0.0]
    breaker = Breaker(1, 10, lambda: now[0])
    breaker.failed()
    now[0] = 10.0
    assert breaker.allows()
    breaker.succeeded()
    assert [breaker.allows(), breaker.allows(), breaker.is_open] == [True, True, False]
