"""The turn's SQL, apart from the code that sends it: what a turn costs is written here.

Each is prepared once a connection. Parameters are cast where PostgreSQL cannot tell their type.
"""

from __future__ import annotations

from functools import cache

from integrations.database.statements import Statement, statement

# `found` waits for the lock and then has the newest version; everything else in the statement reads
# the snapshot taken before the wait. `fresh` says whether the two agree; if not, run it once more.
# The draft's lock leaves its key alone: another conversation may come to point to it meanwhile, and
# two that take each other's draft must not wait for one another.
LOCK = statement(
    "lock",
    """
with found as materialized (
    select id, version, fence, last_inbound_seq, last_outbound_seq, state_enc, draft_id
    from conversation where channel = %(channel)s and address_index = %(address_index)s for update
), made as (
    insert into conversation (id, channel, provider, address_index, address_enc, created_at)
    select %(id)s::uuid, %(channel)s, %(provider)s::text, %(address_index)s, %(address_enc)s::bytea,
        %(now)s::timestamptz
    where not exists (select from found) on conflict do nothing
    returning id, version, fence, last_inbound_seq, last_outbound_seq, state_enc, draft_id
), c as (select * from found union all select * from made
), d as materialized (
    select id, version, body_enc from draft where id = (select draft_id from c)
    for no key update
)
select c.*, d.version as draft_version, d.body_enc as draft_enc,
    coalesce((select (s.version, s.last_inbound_seq) = (c.version, c.last_inbound_seq)
        from conversation s where s.id = c.id), true) as fresh,
    exists (select from inbox i where i.conversation_id = c.id and i.processed_at is null)
        as has_waiting,
    coalesce(
        (select id from inbox where provider = %(provider)s and provider_id = %(provider_id)s),
        (select id from inbox where provider = %(provider)s and idempotency_token = %(token)s)
    ) as repeat_of
from c left join d on true
""",
)

LOCK_BY_ID = statement(
    "lock_by_id",
    "select from conversation where id = %(id)s for update",
)

LOCK_ITS_DRAFT = statement(
    "lock_its_draft",
    """
select from draft where id = (select draft_id from conversation where id = %(id)s)
for no key update
""",
)

OLDEST = statement(
    "oldest",
    """
select c.id, c.version, c.fence, c.last_inbound_seq, c.last_outbound_seq, c.state_enc, c.draft_id,
    d.version as draft_version, d.body_enc as draft_enc, c.channel, c.address_enc,
    i.id as inbox_id, i.seq, i.provider, i.provider_id, i.idempotency_token, i.body_enc,
    i.received_at, i.failures,
    exists (select from inbox n where n.conversation_id = c.id and n.processed_at is null
        and n.seq > i.seq) as has_waiting
from conversation c
join inbox i on i.conversation_id = c.id and i.processed_at is null
left join draft d on d.id = c.draft_id
where c.id = %(id)s order by i.seq limit 1
""",
)

REPLIES = statement(
    "replies",
    """
select i.processed_at, o.id, o.seq, o.kind, o.body_enc
from inbox i left join outbox o on o.inbox_id = i.id where i.id = %(inbox_id)s order by o.seq
""",
)

WAIT = statement(
    "wait",
    """
with c as (
    update conversation set last_inbound_seq = last_inbound_seq + 1 where id = %(conversation_id)s
    returning last_inbound_seq
)
insert into inbox (id, provider, provider_id, idempotency_token, conversation_id, seq, body_enc,
    received_at, failures, error_code)
select %(id)s::uuid, %(provider)s::text, %(provider_id)s::text, %(token)s::text,
    %(conversation_id)s, last_inbound_seq, %(body_enc)s::bytea, %(received_at)s::timestamptz,
    %(failures)s::int, %(error_code)s::text from c
""",
)

FAIL = statement(
    "fail",
    """
update inbox set failures = failures + 1, error_code = %(error_code)s
where id = %(id)s and processed_at is null
""",
)

_WRITE_DRAFT = """d as (
    insert into draft (id, owner_index, flow, status, body_enc, created_at, updated_at, expires_at)
    values (%(draft_id)s, %(owner_index)s, %(flow)s, %(draft_status)s, %(draft_enc)s, %(now)s,
        %(now)s, %(expires_at)s)
    on conflict (id) do update set flow = excluded.flow, status = excluded.status,
        version = draft.version + 1, body_enc = excluded.body_enc,
        updated_at = excluded.updated_at, expires_at = excluded.expires_at
), """

_WRITE = """
with {draft}c as (
    update conversation set version = version + 1, provider = %(provider)s,
        address_enc = coalesce(address_enc, %(address_enc)s),
        state_enc = %(state_enc)s, draft_id = %(draft_id)s, last_inbound_at = %(received_at)s,
        last_inbound_seq = greatest(last_inbound_seq, %(seq)s),
        last_outbound_seq = %(last_outbound_seq)s
    where id = %(conversation_id)s
), i as (
    insert into inbox (id, provider, provider_id, idempotency_token, conversation_id, seq,
        body_enc, received_at, processed_at, error_code)
    values (%(inbox_id)s, %(provider)s, %(provider_id)s, %(token)s, %(conversation_id)s, %(seq)s,
        %(body_enc)s, %(received_at)s, %(now)s, %(error_code)s)
    on conflict (id) do update set processed_at = excluded.processed_at,
        error_code = excluded.error_code
)
{outbox}
"""
_REPLIES = """insert into outbox (id, conversation_id, seq, inbox_id, channel, provider, kind,
    purpose, body_enc, fence, state, next_attempt_at, created_at, sent_at)
values {rows}"""
_REPLY = """(%(reply_id_{n})s, %(conversation_id)s, %(reply_seq_{n})s, %(inbox_id)s, %(channel)s,
    %(provider)s, %(reply_kind_{n})s, 'reply', %(reply_body_{n})s, %(fence)s,
    case when %(inline)s then 'sent' else 'pending' end, %(now)s, %(now)s,
    case when %(inline)s then %(now)s::timestamptz end)"""


@cache
def write_turn(replies: int, *, with_draft: bool) -> Statement:
    """The statement that writes a whole turn. One for each number of replies: an array of them
    would have to be written and read as text."""
    rows = ", ".join(_REPLY.format(n=n) for n in range(replies))
    outbox = _REPLIES.format(rows=rows) if replies else "select"
    sql = _WRITE.format(draft=_WRITE_DRAFT if with_draft else "", outbox=outbox)
    return statement(f"write_{'draft_' if with_draft else ''}{replies}", sql)
