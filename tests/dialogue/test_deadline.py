"""The last day: thirty days, a year abroad, working days, and doubt near religious holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.deadline import last_day

CASES = [
    ("a working day stays", date(2025, 11, 17), False, date(2025, 12, 17)),
    ("a Saturday moves to Monday", date(2025, 11, 20), False, date(2025, 12, 22)),
    ("Independence Day moves on", date(2025, 10, 19), False, date(2025, 11, 19)),
    ("New Year moves on", date(2025, 12, 2), False, date(2026, 1, 2)),
    ("abroad is one year", date(2025, 10, 10), True, date(2026, 10, 12)),
    ("29 February abroad", date(2024, 2, 29), True, date(2025, 3, 3)),
]


@pytest.mark.parametrize(("name", "event", "abroad", "expected"), CASES, ids=lambda c: str(c))
def test_last_day(name: str, event: date, abroad: bool, expected: date) -> None:
    assert last_day(event, abroad).day == expected, name


def test_near_an_estimated_holiday_nothing_is_surely_over() -> None:
    limit = last_day(date(2026, 2, 18), abroad=False)  # thirty days later: Eid al-Fitr, as computed
    assert not limit.passed(limit.day + timedelta(days=1))
    assert limit.passed(limit.day + timedelta(days=10))


def test_away_from_holidays_the_day_after_is_too_late() -> None:
    limit = last_day(date(2025, 11, 17), abroad=False)
    assert not limit.passed(limit.day)
    assert limit.passed(limit.day + timedelta(days=1))


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.booleans())
def test_it_is_a_weekday_never_before_the_delay_ends(event: date, abroad: bool) -> None:
    limit = last_day(event, abroad)
    assert limit.day.weekday() < 5
    assert limit.day >= event + timedelta(days=365 if abroad else 30)
    assert limit.surely_past_after >= limit.day
