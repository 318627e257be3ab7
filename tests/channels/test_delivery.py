"""When a send is tried again, and what becomes of one whose fate nobody can tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from actions.jobs.delivery import Delivery, Line
from actions.jobs.policy import SenderPolicy
from integrations.database import outbox
from integrations.database.engine import Database
from integrations.database.outbox import OutboundRow
from integrations.platform.clock import SystemClock
from integrations.platform.ids import new_id
from integrations.platform.settings import Settings
from integrations.twilio.errors import SendFailure, failure_of_code, no_answer, not_reached
from tests.support.counting import handler, message
from tests.support.worker import telephone

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = SenderPolicy()


def row(attempts: int = 1, age: timedelta = timedelta(0)) -> OutboundRow:
    return OutboundRow(
        id=new_id(),
        conversation_id=new_id(),
        seq=1,
        channel="sms",
        provider="twilio",
        address="+212661000001",
        text="",
        choices=(),
        kind="question",
        purpose="reply",
        attempts=attempts,
        created_at=NOW - age,
    )


@pytest.mark.parametrize(
    ("failure", "attempts", "seconds"),
    [
        pytest.param(not_reached(), 1, 2, id="first try"),
        pytest.param(not_reached(), 4, 16, id="doubling"),
        pytest.param(not_reached(), 40, 300, id="never longer than five minutes"),
        pytest.param(no_answer(), 1, 2, id="no answer"),
        pytest.param(failure_of_code(20429), 2, 4, id="too many requests"),
        pytest.param(failure_of_code(30003), 1, 900, id="unreachable"),
        pytest.param(failure_of_code(30003), 4, None, id="unreachable for the fourth time"),
        pytest.param(failure_of_code(21211), 1, None, id="no number"),
        pytest.param(failure_of_code(21610), 1, None, id="unsubscribed"),
    ],
)
def test_next_attempt(failure: SendFailure, attempts: int, seconds: int | None) -> None:
    at = POLICY.next_attempt(row(attempts), failure, NOW)
    assert at == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_after_a_day_it_is_given_up() -> None:
    old = row(age=timedelta(hours=25))
    assert POLICY.next_attempt(old, not_reached(), NOW) is None


class Deaf:
    """A provider that never answers and cannot list what it took."""

    async def send(self, to: str, text: str, status_callback: str) -> SendFailure:
        return no_answer()

    async def candidates(self, to: str, text: str, since: datetime) -> list[str] | None:
        return None


@pytest.mark.database
@pytest.mark.parametrize(
    ("words", "outcome", "state"),
    [
        pytest.param("salam", "retry", "pending", id="a question is asked again"),
        pytest.param("notice x", "uncertain", "uncertain", id="a notice is not"),
    ],
)
async def test_where_nothing_can_be_listed(
    db: Database, settings: Settings, words: str, outcome: str, state: str
) -> None:
    turn = await handler(db, settings).receive(message(words, telephone()))
    lines = {("sms", "twilio"): Line(Deaf(), "")}
    delivery = Delivery(db, SystemClock(), lines, SenderPolicy(settle=0))
    (claimed,) = await outbox.claim(db, 10, datetime.now(UTC))
    assert await delivery.deliver(claimed) == outcome
    async with db.engine.begin() as connection:
        found = await connection.execute(
            text("select state from outbox where id = :id"), {"id": turn.replies[0].id}
        )
        assert found.scalar_one() == state
        await connection.execute(text("update outbox set state = 'dropped'"))


@pytest.mark.database
async def test_a_row_for_a_line_nobody_has_fails_and_is_told(
    db: Database, settings: Settings
) -> None:
    await handler(db, settings).receive(message("salam", telephone(), provider="carrier-pigeon"))
    (claimed,) = await outbox.claim(db, 10, datetime.now(UTC))
    delivery = Delivery(db, SystemClock(), {}, SenderPolicy())
    with capture_logs() as logs:
        assert await delivery.deliver(claimed) == "failed"
    assert [(entry["event"], entry["code"]) for entry in logs] == [("send.failed", "no_line")]


def test_a_look_up_waits_longer_than_any_call() -> None:
    from channels.worker import CALL_SECONDS

    assert POLICY.lookup_after > CALL_SECONDS + POLICY.settle
