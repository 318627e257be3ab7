"""What a turn asks of the register: answered in a moment, or done without."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from actions.register_reads import OFFICES_KEPT, RegisterReads, event_of
from bot.register import SameEvent
from integrations.database.engine import Database
from integrations.platform.clock import SetClock
from integrations.register.rest import RestRegister
from integrations.register.transport import BRISK, Account, Transport
from tests.integrations.register.test_contract import record
from tests.support.sandbox import CLIENT, MAARIF, SECRET, Sandbox, birth

database = pytest.mark.database
IDENTITY = {"kind": "cnie", "number": "QY777111", "country": "MA"}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 3, 9, 0, tzinfo=UTC), ticking=False)


@pytest.fixture
async def reads(db: Database, sandbox: Sandbox, clock: SetClock) -> AsyncIterator[RegisterReads]:
    register = RestRegister(Transport(sandbox.base, Account(CLIENT, SECRET), BRISK))
    yield RegisterReads(db, clock, register)
    await register.close()


def values(**changes: Any) -> dict[str, Any]:
    """A birth of another day and mother than those of other tests."""
    return {**birth()["values"], "birth_date": "2025-08-08", "mother_cnie": IDENTITY, **changes}


@database
async def test_an_event_that_somebody_began_is_known(reads: RegisterReads) -> None:
    assert await reads.is_begun("declare_birth", values()) is False
    await reads.register.submit(record(values=values()))
    assert await reads.is_begun("declare_birth", values()) is True
    assert await reads.is_begun("declare_birth", values(birth_date="2025-08-09")) is False


@database
@pytest.mark.parametrize("faults", [{"down": 1.0}, {"slow_ms": 3000}], ids=["away", "slow"])
async def test_a_register_that_does_not_answer_leaves_it_open(
    reads: RegisterReads, sandbox: Sandbox, faults: dict[str, Any]
) -> None:
    sandbox.faults(**faults)
    began = time.monotonic()
    assert await reads.is_begun("declare_birth", values()) is None
    assert await reads.offices("01.051.01.0") is None
    assert time.monotonic() - began < 3


@database
async def test_offices_are_asked_for_seldom_and_known_while_the_register_is_away(
    reads: RegisterReads, sandbox: Sandbox, clock: SetClock
) -> None:
    offices = await reads.offices(MAARIF)
    assert offices
    sandbox.faults(down=1.0)
    assert await reads.offices(MAARIF) == offices
    assert sandbox.operator("GET", "/sandbox/faults").json()["happened"] == {}
    clock.set(clock.now() + OFFICES_KEPT + timedelta(seconds=1))
    assert await reads.offices(MAARIF) == offices
    assert sandbox.operator("GET", "/sandbox/faults").json()["happened"]["down"] > 0


NAMES = ("يوسف بناني", "هند التازي")
BIRTH = SameEvent("declare_birth", date(2025, 8, 8), IDENTITY)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("declare_birth", values(), BIRTH),
        (
            "declare_birth",
            values(mother_cnie=None, declarant_capacity="mother", declarant_cnie=IDENTITY),
            BIRTH,
        ),
        (
            "declare_birth",
            values(mother_cnie=None, declarant_cnie=IDENTITY, mother_family_name_ar="التازي"),
            replace(BIRTH, mother_identity=None, names=NAMES),
        ),
        ("declare_birth", values(mother_cnie=None, father_family_name_ar=None), None),
        ("declare_birth", values(birth_date="2025-08"), None),
        ("declare_birth", values(birth_date=None), None),
        (
            "declare_birth",
            values(
                mother_cnie={"kind": "none", "number": None},
                father_known=False,
                father_given_name_ar=None,
            ),
            None,
        ),
    ],
    ids=["mother", "mother declares", "names", "a name short", "month", "no day", "no father"],
)
def test_what_tells_an_event(kind: str, given: dict[str, Any], expected: SameEvent | None) -> None:
    assert event_of(kind, given) == expected
