"""The link to the form that a citizen prints and brings: drawn once with the reference, told where
the channel can carry it, fetched again by whoever sent the declaration."""

from __future__ import annotations

from datetime import date

from bot.dialogue import asking, rules
from bot.dialogue.effects import KeepReceipt
from bot.dialogue.messages import (
    Card,
    NeedReceipt,
    Reference,
    Sentence,
    StatusView,
    Verbatim,
)
from bot.dialogue.state import Draft
from bot.dialogue.turn import NeedsFactError, Turn

# Where a link costs letters, or leads nowhere on the handset, it is told when it is asked for.
ON_REQUEST = ("sms", "ussd")


def draw(turn: Turn, draft: Draft) -> str:
    """Give a submission its token; the link."""
    token = turn.world.new_token()
    turn.effect(KeepReceipt(draft.reference, draft.id, token))
    return link(turn, token)


def link(turn: Turn, token: str) -> str:
    """Where the form is."""
    return f"{turn.world.base_url}/receipts/{token}.pdf"


def tell_unasked(turn: Turn, where: str) -> None:
    """Say the link in a sentence of its own, unless the card shows it or it must be asked for."""
    if not turn.has_buttons and turn.world.channel not in ON_REQUEST:
        turn.say("done.receipt", link=Verbatim(where))


def tell_of_status(turn: Turn, reference: str, view: StatusView) -> None:
    """Beside the status: the form again, to the sender who declared it."""
    if view.receipt and turn.has_buttons:
        turn.keep(_card(view.kind, reference, view.last_day, link(turn, view.receipt)))
    elif view.receipt and turn.world.channel != "ussd":
        turn.say("done.receipt", link=Verbatim(link(turn, view.receipt)))


def fetch(turn: Turn) -> bool:
    """The link again, as often as it is wanted, while the form can still be fetched; False when no
    declaration that was sent is within reach."""
    draft = turn.draft
    if not draft or draft.status != "submitted":
        return False
    if draft.reference not in turn.facts.receipts:
        raise NeedsFactError(NeedReceipt(draft.reference))
    token = turn.facts.receipts[draft.reference]
    if token is None:
        turn.say("receipt.gone")
    else:
        _tell(turn, draft, link(turn, token))
    turn.flush("answer")
    asking.ask_again(turn)
    return True


def _tell(turn: Turn, draft: Draft, where: str) -> None:
    if turn.has_buttons:
        limit = rules.event_last_day(turn)
        turn.say("receipt.here")
        turn.keep(_card(draft.flow, draft.reference, limit.day if limit else None, where))
    else:
        turn.say("done.receipt", link=Verbatim(where))


def _card(kind: str, reference: str, day: date | None, where: str) -> Card:
    return Card(
        kind=kind,
        reference=Reference(reference),
        last_day=day,
        title=Sentence(f"card.title.{kind}"),
        steps=(Sentence("card.not_registered"),),
        receipt=where,
    )
