"""Whether the database holds what was acknowledged: a benchmark that loses messages measures
nothing."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from bench.client import Measured

STORED = """
select count(*) as inbox,
    count(*) filter (where i.processed_at is null) as waiting,
    count(*) filter (where i.error_code is not null) as failed,
    count(*) filter (where not exists (select from outbox o where o.inbox_id = i.id)) as unanswered
from inbox i where i.provider_id like %s
"""
# The last eight digits of an id are the message's number within its conversation.
WHERE = """
select right(i.provider_id, 8), count(*) from inbox i
where i.provider_id like %s and (i.processed_at is null or i.error_code is not null
    or not exists (select from outbox o where o.inbox_id = i.id))
group by 1 order by 1
"""
BIRTHS = """
select count(*) from pre_declaration p where exists (
    select from inbox i where i.conversation_id = p.conversation_id and i.provider_id like %s)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a run left behind: messages, those not yet or badly answered, those without a reply,
    births that got their reference, and at which messages of the conversations it went wrong."""

    inbox: int
    waiting: int
    failed: int
    unanswered: int
    births: int
    at: tuple[str, ...] = ()


def stored(database_url: str, run: str) -> Stored:
    """Counted at once after the last answer: what is committed later would be missing."""
    with psycopg.connect(database_url) as connection:
        inbox, waiting, failed, unanswered = connection.execute(STORED, [f"SM{run}%"]).fetchall()[0]
        births = connection.execute(BIRTHS, [f"SM{run}%"]).fetchall()[0][0]
        at = connection.execute(WHERE, [f"SM{run}%"]).fetchall()
    told = tuple(f"{count} at message {int(number, 16)}" for number, count in at)
    return Stored(inbox, waiting, failed, unanswered, births, told)


def mismatches(kind: str, measured: Measured, found: Stored, unread: int = 0) -> list[str]:
    """Each way in which the database differs from what was acknowledged; empty when it does not.

    `unread`: texts that understanding did not read in time. Their conversations took another way,
    on which an answer may be a free text: they may end without a birth, or a moment later.
    """
    answered, doubtful = len(measured.turns), measured.errors
    late = found.waiting if unread else 0
    faults = {
        f"{answered} messages answered 200, {found.inbox} stored": not (
            answered <= found.inbox <= answered + doubtful
        ),
        f"{found.waiting} answered 200 before they were processed": found.waiting > doubtful + late,
        f"{found.failed} turns failed inside": found.failed > 0,
        f"{found.unanswered} messages without a reply": found.unanswered > doubtful + late,
        f"{doubtful} messages refused or lost": doubtful > 0,
        f"{measured.whole} whole births, {found.births} with a reference": (
            kind in ("form", "mixed")
            and not (doubtful or unread)
            and found.births != measured.whole
        ),
    }
    told = [sentence for sentence, is_so in faults.items() if is_so]
    return told + ([", ".join(found.at)] if told and found.at else [])
