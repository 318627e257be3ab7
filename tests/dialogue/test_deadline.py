"""The last day: thirty days, a year abroad, working days, and doubt near religious holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.deadline import last_day
from bot.flows import all_flows
from bot.flows.model import Span

HOME, ABROAD, MARRIED = Span(days=30), Span(years=1), Span(months=3)

CASES = [
    ("a working day stays", date(2025, 11, 17), HOME, date(2025, 12, 17)),
    ("a Saturday moves to Monday", date(2025, 11, 20), HOME, date(2025, 12, 22)),
    ("Independence Day moves on", date(2025, 10, 19), HOME, date(2025, 11, 19)),
    ("New Year moves on", date(2025, 12, 2), HOME, date(2026, 1, 2)),
    ("abroad is one year", date(2025, 10, 10), ABROAD, date(2026, 10, 12)),
    ("29 February abroad", date(2024, 2, 29), ABROAD, date(2025, 3, 3)),
    ("three calendar months", date(2025, 9, 4), MARRIED, date(2025, 12, 4)),
    ("three months into the next year", date(2025, 11, 17), MARRIED, date(2026, 2, 17)),
    ("three months to a shorter month", date(2025, 11, 30), MARRIED, date(2026, 3, 2)),
]


@pytest.mark.parametrize(("name", "event", "span", "expected"), CASES, ids=lambda c: str(c))
def test_last_day(name: str, event: date, span: Span, expected: date) -> None:
    assert last_day(event, span).day == expected, name


def test_near_an_estimated_holiday_nothing_is_surely_over() -> None:
    limit = last_day(date(2026, 2, 18), HOME)  # thirty days later: Eid al-Fitr, as computed
    assert not limit.passed(limit.day + timedelta(days=1))
    assert limit.passed(limit.day + timedelta(days=10))


def test_away_from_holidays_the_day_after_is_too_late() -> None:
    limit = last_day(date(2025, 11, 17), HOME)
    assert not limit.passed(limit.day)
    assert limit.passed(limit.day + timedelta(days=1))


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.booleans())
def test_it_is_a_weekday_never_before_the_delay_ends(event: date, abroad: bool) -> None:
    limit = last_day(event, ABROAD if abroad else HOME)
    assert limit.day.weekday() < 5
    assert limit.day >= event + timedelta(days=365 if abroad else 30)
    assert limit.surely_past_after >= limit.day


def test_each_event_has_the_delay_of_the_law() -> None:
    delays = {flow.id: flow.delay for flow in all_flows().values() if flow.id != "check_status"}
    assert (delays["declare_birth"].home, delays["declare_birth"].abroad) == (HOME, ABROAD)
    assert (delays["declare_death"].home, delays["declare_death"].abroad) == (HOME, ABROAD)
    assert (delays["declare_marriage"].home, delays["declare_marriage"].abroad) == (None, MARRIED)
    assert (delays["declare_divorce"].home, delays["declare_divorce"].abroad) == (None, None)
