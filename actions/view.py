"""Where a conversation stands, for tools that show it (`hala talk`)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from bot.answers.result import Language
from bot.dialogue.state import Draft, State
from integrations.database.engine import Database
from integrations.database.turns import address_index

_FIND = text("""
select c.id, c.state_enc, c.draft_id, d.body_enc as draft_enc,
    exists (select from ticket t where t.conversation_id = c.id and t.status = 'open') as has_ticket
from conversation c left join draft d on d.id = c.draft_id
where c.channel = :channel and c.address_index = :address_index
""")


@dataclass(frozen=True, slots=True)
class ConversationView:
    """`step` is what it waits for, `reference` the draft's; `has_ticket`: a call-back is open."""

    conversation_id: UUID
    language: Language
    flow: str | None
    step: str | None
    reference: str | None
    has_ticket: bool


async def conversation_view(
    db: Database, provider: str, channel: str, address: str
) -> ConversationView | None:
    """The conversation of one sender on one channel; None when there is none."""
    parameters = {
        "channel": channel,
        "address_index": address_index(db.crypto, provider, address),
    }
    async with db.engine.connect() as connection:
        row = (await connection.execute(_FIND, parameters)).first()
    if row is None:
        return None
    state, draft = State.new(), None
    if row.state_enc is not None:
        state = State.load(db.crypto.open_json("conversation", "state", row.id, row.state_enc))
    if row.draft_enc is not None:
        draft = Draft.load(db.crypto.open_json("draft", "body", row.draft_id, row.draft_enc))
    flow = state.side.flow if state.side else draft.flow if draft else None
    reference = (draft.reference or None) if draft else None
    return ConversationView(
        row.id, state.language, flow, state.at or None, reference, row.has_ticket
    )
