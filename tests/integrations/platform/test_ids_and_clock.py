"""Ids, references and the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from stdnum import damm

from integrations.platform.clock import CASABLANCA, SetClock, SystemClock, clock_from, local
from integrations.platform.ids import new_id, new_reference


def test_ids_are_version_7_and_new_each_time() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}
    assert [each.int >> 80 for each in ids] == sorted(each.int >> 80 for each in ids)


@pytest.mark.parametrize("kind", range(1, 7))
def test_references_bear_kind_and_check_digit_and_are_no_phone(kind: int) -> None:
    for _ in range(2000):
        reference = new_reference(kind)
        assert len(reference) == 12
        assert reference.startswith(str(kind))
        assert not reference.startswith("212")
        assert damm.is_valid(reference)


@pytest.mark.parametrize("kind", [0, 10, -1])
def test_a_kind_that_is_no_digit_is_refused(kind: int) -> None:
    with pytest.raises(ValueError, match="reference kind"):
        new_reference(kind)


def test_a_set_clock_stands_or_ticks() -> None:
    start = datetime(2025, 11, 3, 10, tzinfo=CASABLANCA)
    assert SetClock(start, ticking=False).now() == start
    assert timedelta(0) <= SetClock(start).now() - start < timedelta(seconds=5)
    assert SetClock(start).now().tzinfo is UTC


def test_a_time_without_a_zone_is_casablancas() -> None:
    clock = SetClock(datetime(2025, 7, 1, 10), ticking=False)  # noqa: DTZ001 - the point
    assert clock.now() == datetime(2025, 7, 1, 9, tzinfo=UTC)


def test_local_time_follows_ramadan() -> None:
    """Morocco goes from UTC+1 to UTC for Ramadan."""
    assert local(datetime(2025, 3, 10, 12, tzinfo=UTC)).hour == 12
    assert local(datetime(2025, 11, 10, 12, tzinfo=UTC)).hour == 13


def test_without_a_setting_the_clock_is_the_systems() -> None:
    assert isinstance(clock_from(None), SystemClock)
    assert clock_from(datetime(2025, 1, 1, tzinfo=UTC)).now().year == 2025
