"""Whether the database holds what pages were told, no more and no less."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from bench.web.ledger import Books

STORED = """
select count(*) as inbox,
    count(*) filter (where processed_at is null) as waiting,
    count(*) filter (where error_code is not null) as failed,
    coalesce(sum((select count(*) from outbox o where o.inbox_id = i.id)), 0)::int as replies
from inbox i where provider = 'web' and split_part(provider_id, ':', 2) like %s
"""
BIRTHS = """
select count(*) from pre_declaration p where exists (
    select from inbox i where i.conversation_id = p.conversation_id
        and i.provider = 'web' and split_part(i.provider_id, ':', 2) like %s)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a run left behind: messages, those not or badly answered, replies, births that got
    their reference."""

    inbox: int
    waiting: int
    failed: int
    replies: int
    births: int


def stored(database_url: str, run: str) -> Stored:
    """Counted once nothing is under way any more."""
    with psycopg.connect(database_url) as connection:
        inbox, waiting, failed, replies = connection.execute(STORED, [f"{run}-%"]).fetchall()[0]
        births = connection.execute(BIRTHS, [f"{run}-%"]).fetchall()[0][0]
    return Stored(inbox, waiting, failed, replies, births)


def mismatches(books: Books, whole: int, found: Stored) -> list[str]:
    """Each way in which the database differs from what pages said and were told. `whole`: births
    that were played to their end."""
    faults = {
        f"{books.said} messages said, {found.inbox} stored": books.said != found.inbox,
        f"{found.waiting} messages wait for their turn": found.waiting > 0,
        f"{found.failed} turns failed inside": found.failed > 0,
        f"{books.told} replies shown, {found.replies} stored": books.told != found.replies,
        f"{whole} whole births, {found.births} with a reference": whole != found.births,
    }
    return [sentence for sentence, is_so in faults.items() if is_so]
