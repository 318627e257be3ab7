"""How much waits: what an operator looks at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text

from integrations.database.engine import Database
from integrations.database.pre_declarations import QUEUE

# The register's queue is told even when nothing waits in it: its absence would say nothing.
_WAITING = text("""
select (select count(*) from inbox where processed_at is null) as messages,
    (select count(*) from outbox where state = 'pending') as replies,
    (select jsonb_object_agg(queue, jobs) from (
        select queue, count(j.id) as jobs
        from (select cast(:register as text) as queue
            union select queue_name from procrastinate_jobs where status = 'todo') q
        left join procrastinate_jobs j on j.queue_name = q.queue and j.status = 'todo'
        group by queue
    ) counted) as jobs,
    (select count(*) from pre_declaration where refusal_code <> all(:faster)) as refused
""")

# What the register refused because an officer was faster is nobody's fault.
OFFICER_WAS_FASTER = ("opened", "closed", "not_asked")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages without a turn, replies not yet sent, jobs not yet taken by queue; and records that
    the register refused for good, which only people can mend."""

    messages: int
    replies: int
    jobs: Mapping[str, int]
    refused: int


async def waiting(db: Database) -> Waiting:
    """Count them."""
    async with db.engine.connect() as connection:
        parameters = {"register": QUEUE, "faster": list(OFFICER_WAS_FASTER)}
        row = (await connection.execute(_WAITING, parameters)).one()
    return Waiting(row.messages, row.replies, row.jobs, row.refused)
