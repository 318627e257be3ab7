"""The turn's SQL, apart from the code that sends it: what a turn costs is written here.

Sent as it stands, with psycopg's named parameters, so that the driver prepares it.
"""

from __future__ import annotations

# `found` waits for the lock and then has the newest version; everything else in the statement reads
# the snapshot taken before the wait. `fresh` says whether the two agree; if not, run it once more.
LOCK = """
with found as materialized (
    select id, version, fence, last_inbound_seq, last_outbound_seq, state_enc, draft_id
    from conversation where channel = %(channel)s and address_index = %(address_index)s for update
), made as (
    insert into conversation (id, channel, provider, address_index, address_enc, created_at)
    select %(id)s, %(channel)s, %(provider)s, %(address_index)s, %(address_enc)s, %(now)s
    where not exists (select from found) on conflict do nothing
    returning id, version, fence, last_inbound_seq, last_outbound_seq, state_enc, draft_id
), c as (select * from found union all select * from made
), d as materialized (
    select id, version, body_enc from draft where id = (select draft_id from c) for update
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
"""

LOCK_BY_ID = "select from conversation where id = %(id)s for update"

LOCK_ITS_DRAFT = """
select from draft where id = (select draft_id from conversation where id = %(id)s) for update
"""

OLDEST = """
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
"""

REPLIES = """
select i.processed_at, o.id, o.seq, o.kind, o.body_enc
from inbox i left join outbox o on o.inbox_id = i.id where i.id = %(inbox_id)s order by o.seq
"""

WAIT = """
with c as (
    update conversation set last_inbound_seq = last_inbound_seq + 1 where id = %(conversation_id)s
    returning last_inbound_seq
)
insert into inbox (id, provider, provider_id, idempotency_token, conversation_id, seq, body_enc,
    received_at, failures, error_code)
select %(id)s, %(provider)s, %(provider_id)s, %(token)s, %(conversation_id)s, last_inbound_seq,
    %(body_enc)s, %(received_at)s, %(failures)s, %(error_code)s from c
"""

FAIL = """
update inbox set failures = failures + 1, error_code = %(error_code)s
where id = %(id)s and processed_at is null
"""

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
insert into outbox (id, conversation_id, seq, inbox_id, channel, provider, kind, purpose, body_enc,
    fence, state, next_attempt_at, created_at, sent_at)
select r.id, %(conversation_id)s, r.seq, %(inbox_id)s, %(channel)s, %(provider)s, r.kind, 'reply',
    r.body_enc, %(fence)s, case when %(inline)s then 'sent' else 'pending' end, %(now)s, %(now)s,
    case when %(inline)s then %(now)s::timestamptz end
from unnest(%(reply_ids)s::uuid[], %(reply_seqs)s::int[], %(reply_kinds)s::text[],
    %(reply_bodies)s::bytea[]) as r (id, seq, kind, body_enc)
"""
WRITE_WITH_DRAFT = _WRITE.format(draft=_WRITE_DRAFT)
WRITE_WITHOUT_DRAFT = _WRITE.format(draft="")
