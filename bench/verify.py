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
BIRTHS = """
select count(*) from pre_declaration p where exists (
    select from inbox i where i.conversation_id = p.conversation_id and i.provider_id like %s)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a run left behind: messages, those not yet or badly answered, those without a reply, and
    births that got their reference."""

    inbox: int
    waiting: int
    failed: int
    unanswered: int
    births: int


def stored(database_url: str, run: str) -> Stored:
    """Counted at once after the last answer: what is committed later would be missing."""
    with psycopg.connect(database_url) as connection:
        inbox, waiting, failed, unanswered = connection.execute(STORED, [f"SM{run}%"]).fetchall()[0]
        births = connection.execute(BIRTHS, [f"SM{run}%"]).fetchall()[0][0]
    return Stored(inbox, waiting, failed, unanswered, births)


def mismatches(kind: str, measured: Measured, found: Stored) -> list[str]:
    """Each way in which the database differs from what was acknowledged; empty when it does not."""
    answered, doubtful = len(measured.turns), measured.errors
    faults = {
        f"{answered} messages answered 200, {found.inbox} stored": not (
            answered <= found.inbox <= answered + doubtful
        ),
        f"{found.waiting} answered 200 before they were processed": found.waiting > doubtful,
        f"{found.failed} turns failed inside": found.failed > 0,
        f"{found.unanswered} messages without a reply": found.unanswered > doubtful,
        f"{doubtful} messages refused or lost": doubtful > 0,
        f"{measured.whole} whole births, {found.births} with a reference": (
            kind in ("form", "mixed") and not doubtful and found.births != measured.whole
        ),
    }
    return [sentence for sentence, is_so in faults.items() if is_so]
