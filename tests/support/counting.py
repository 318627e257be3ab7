"""A small core for tests of the turn: it counts messages, and does on command what a turn can."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

from actions.core import Core
from actions.deciding import Understand
from actions.handle_message import MessageHandler
from actions.messages import InboundMessage
from bot.answers.result import Language, Value
from bot.dialogue.effects import (
    CompleteDeclaration,
    Effect,
    EraseSender,
    KeepReceipt,
    OpenTicket,
    RecordConsent,
    SetOptOut,
    SubmitDeclaration,
)
from bot.dialogue.messages import (
    Channel,
    Facts,
    Inbound,
    Need,
    NeedStatus,
    NeedUnderstanding,
    Reply,
    Verbatim,
    World,
)
from bot.dialogue.state import Draft, Frame, State
from bot.dialogue.turn import Outcome
from bot.wording import Rendered
from integrations.database.engine import Database
from integrations.platform.clock import Clock, SystemClock
from integrations.platform.ids import new_reference
from integrations.platform.settings import Settings

NOW = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
IDENTITY = {"kind": "cnie", "number": "ZZ987654", "country": "MA"}


def advance(
    state: State, draft: Draft | None, inbound: Inbound, facts: Facts, world: World
) -> Outcome | Need:
    """Answer `<count>:<text>`; the first word may ask for more (see `_effects`)."""
    word, _, rest = inbound.text.partition(" ")
    if word == "boom":
        raise RuntimeError(f"cannot read {inbound.text}")
    if word == "read" and not facts.asked:
        return NeedUnderstanding(rest)
    if word == "status" and (key := (rest[:12], rest[13:])) not in facts.statuses:
        return NeedStatus(*key)
    state.aside["count"] = state.aside.get("count", 0) + 1
    said = f"{state.aside['count']}:{inbound.text}:{_found(word, rest, facts)}"
    replies = [Reply((Verbatim(said),), kind="notice" if word == "notice" else "question")]
    replies *= 2 if word == "twice" else 1
    draft = _draft(word, rest, draft, world)
    effects = _effects(word, rest, draft, world)
    return Outcome(state, draft, tuple(replies), effects, None, None, None, None)


def word(
    replies: Iterable[Reply], language: Language, channel: Channel
) -> Iterator[tuple[Reply, Rendered]]:
    """The texts as they are; keys as keys."""
    for reply in replies:
        parts = (part.text if isinstance(part, Verbatim) else part.key for part in reply.sentences)
        yield reply, Rendered(" ".join(parts), (("do:next", language),))


def handler(
    db: Database,
    settings: Settings,
    understand: Understand | None = None,
    clock: Clock | None = None,
    wake: Callable[[], None] = lambda: None,
    draw_reference: Callable[[int], str] = new_reference,
) -> MessageHandler:
    """The real turn around the small core."""
    time, read = clock or SystemClock(), understand or _down
    return MessageHandler(db, Core(advance, word), settings, time, read, wake, draw_reference)


_serial = itertools.count(1)


def new_phone() -> str:
    """Someone nobody else in the test is."""
    return f"+21261{random.randrange(10**7):07d}"  # a range that is in use


def message(
    text: str,
    address: str,
    provider_id: str | None = None,
    received_at: datetime = NOW,
    provider: str = "twilio",
    token: str | None = None,
    inline: bool = False,
) -> InboundMessage:
    """A verified SMS."""
    named = provider_id or f"SM{next(_serial)}-{uuid4().hex}"
    return InboundMessage(
        "sms", provider, named, address, Inbound(text), received_at, token, inline
    )


async def _down(text: str) -> None:
    return None


def _found(word: str, rest: str, facts: Facts) -> str:
    if word == "status":
        view = facts.statuses[(rest[:12], rest[13:])]
        return view.status if view else "nothing"
    return facts.understood.intent if facts.understood else "-"


def _draft(word: str, rest: str, draft: Draft | None, world: World) -> Draft | None:
    if word in ("draft", "submit", "sensitive"):
        draft = draft or Draft(world.new_id(), "declare_birth", Frame("declare_birth"))
        draft.frame.values["mother_given_name_ar"] = rest
        draft.status = "open" if word == "draft" else "submitted"
    return None if word == "forget" else draft


def _effects(word: str, rest: str, draft: Draft | None, world: World) -> tuple[Effect, ...]:
    values: dict[str, Value] = {"declarant_cnie": IDENTITY, "father_known": word != "sensitive"}
    match word:
        case "submit" | "sensitive" if draft is not None:
            reference = world.new_reference(1)
            draft.reference = reference
            submitted = SubmitDeclaration(
                reference, draft.flow, draft.id, values, ("father_cnie",), None
            )
            return submitted, KeepReceipt(reference, draft.id, world.new_token())
        case "complete" if draft is not None:
            values["birth_time"] = "10:30"
            return (CompleteDeclaration(draft.reference, draft.id, values, ()),)
        case "call":
            return (OpenTicket(world.new_reference(6), "asked", "fr", world.msisdn or ""),)
        case "consent":
            return (RecordConsent("declare", "1", rest == "yes"),)
        case "stop" | "start":
            return (SetOptOut(word == "stop"),)
        case "forget":
            return (EraseSender(),)
    return ()
