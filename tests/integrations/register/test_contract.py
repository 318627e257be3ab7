"""What every register must do behind the port, whichever protocol it speaks.

A backend is one line in `BACKENDS`: how to reach it, and how an officer works in it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol
from uuid import uuid4

import pytest

from bot.dialogue import form
from bot.flows import flow_named
from bot.register import (
    Attachment,
    CopyOrder,
    PreDeclaration,
    QuoteRequest,
    Register,
    RegisterRefusedError,
    SameEvent,
)
from integrations.platform.ids import new_id, new_reference
from integrations.register.rest import RestRegister
from integrations.register.transport import Account, Transport
from tests.dialogue.births import filled
from tests.support.sandbox import CLIENT, MAARIF, SECRET, Sandbox, birth

pytestmark = pytest.mark.database
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
CANARY = "Canari-7f3a"


class Officer(Protocol):
    """Takes a step with a record: open, correction, register, reject."""

    def __call__(self, reference: str, step: str, **said: Any) -> object:
        """Do it."""


@dataclass
class Backend:
    """A register, and the officers who work in it."""

    register: Register
    officer: Officer


@asynccontextmanager
async def rest(sandbox: Sandbox) -> AsyncIterator[Backend]:
    """Our own contract, against the sandbox."""
    register = RestRegister(Transport(sandbox.base, Account(CLIENT, SECRET)))
    try:
        yield Backend(register, sandbox.officer)
    finally:
        await register.close()


BACKENDS: dict[str, Callable[[Sandbox], AbstractAsyncContextManager[Backend]]] = {"rest": rest}


@pytest.fixture(params=BACKENDS)
async def backend(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Backend]:
    async with BACKENDS[request.param](sandbox) as opened:
        yield opened


def record(**changes: Any) -> PreDeclaration:
    """An invented child's declaration."""
    body = birth()
    made = PreDeclaration(
        transaction_id=new_id(),
        reference=body["reference"],
        kind="declare_birth",
        version=1,
        language="fr",
        values=body["values"],
        missing=("birth_time",),
        last_day=date(2099, 12, 31),
        papers=(("birth_notice", True), ("identity", False)),
    )
    return replace(made, **changes)


async def refusal(call: Any) -> RegisterRefusedError:
    """What a call is refused with."""
    with pytest.raises(RegisterRefusedError) as refused:
        await call
    return refused.value


async def test_a_record_is_taken_once_however_often_it_is_sent(backend: Backend) -> None:
    first = record()
    held = await backend.register.submit(first)
    assert (held.transaction_id, held.reference) == (first.transaction_id, first.reference)
    assert (held.status, held.version, held.last_day) == ("received", 1, first.last_day)
    assert await backend.register.submit(first) == held
    assert await backend.register.read(first.transaction_id) == held


async def test_a_newer_version_replaces_and_an_older_one_changes_nothing(backend: Backend) -> None:
    first = record()
    newer = replace(first, version=2, values={**first.values, "birth_time": "10:30"}, missing=())
    assert (await backend.register.submit(newer)).version == 2
    assert (await backend.register.submit(first)).version == 2
    assert (await backend.register.submit(replace(newer, version=3))).version == 3


async def test_what_is_not_there_is_not_an_error(backend: Backend) -> None:
    assert await backend.register.read(uuid4()) is None
    assert await backend.register.withdraw(uuid4()) is False


async def test_nothing_changes_once_an_officer_has_opened_it(backend: Backend) -> None:
    first = record()
    await backend.register.submit(first)
    backend.officer(first.reference, "open")
    assert (await refusal(backend.register.submit(replace(first, version=2)))).code == "opened"
    assert (await refusal(backend.register.withdraw(first.transaction_id))).code == "opened"
    assert (await backend.register.submit(first)).status == "opened"


async def test_a_withdrawn_record_is_an_end(backend: Backend) -> None:
    first = record()
    await backend.register.submit(first)
    assert await backend.register.withdraw(first.transaction_id)
    assert await backend.register.withdraw(first.transaction_id)
    held = await backend.register.read(first.transaction_id)
    assert held is not None
    assert held.status == "withdrawn"
    assert (await refusal(backend.register.submit(replace(first, version=2)))).code == "closed"


async def test_a_correction_is_asked_for_and_answered(backend: Backend) -> None:
    first = record()
    await backend.register.submit(first)
    backend.officer(first.reference, "open")
    backend.officer(first.reference, "correction", steps=["birth_date"], reason="Jour illisible")
    asked = await backend.register.read(first.transaction_id)
    assert asked is not None
    assert asked.correction is not None
    assert (asked.status, asked.correction.steps) == ("correction_asked", ("birth_date",))
    other = replace(first, version=2, values={**first.values, "child_sex": "male"})
    assert (await refusal(backend.register.submit(other))).code == "not_asked"
    answer = replace(first, version=2, values={**first.values, "birth_date": "2025-10-13"})
    held = await backend.register.submit(answer)
    assert held.correction is not None
    assert held.correction.answered_at is not None


async def test_a_registered_record_has_its_act(backend: Backend) -> None:
    first = record()
    await backend.register.submit(first)
    backend.officer(first.reference, "open")
    backend.officer(first.reference, "register")
    held = await backend.register.read(first.transaction_id)
    assert held is not None
    assert held.status == "registered"
    assert held.act is not None
    assert held.act.number > 0


async def test_a_rejected_record_has_its_reason(backend: Backend) -> None:
    first = record()
    await backend.register.submit(first)
    backend.officer(first.reference, "open")
    backend.officer(first.reference, "reject", reason="Déjà inscrit ailleurs")
    held = await backend.register.read(first.transaction_id)
    assert held is not None
    assert (held.status, held.reason) == ("rejected", "Déjà inscrit ailleurs")


async def test_what_is_not_valid_is_refused_by_field_and_never_quoted(backend: Backend) -> None:
    wrong = record(values={**birth()["values"], "birth_date": CANARY})
    refused = await refusal(backend.register.submit(wrong))
    assert (refused.code, refused.status) == ("not_valid", 422)
    assert refused.fields == ("values.birth_date",)
    assert CANARY not in f"{refused!r}{refused}{refused.__dict__}"


async def test_a_reference_belongs_to_one_record(backend: Backend) -> None:
    first = record()
    await backend.register.submit(first)
    taken = record(reference=first.reference)
    assert (await refusal(backend.register.submit(taken))).code == "reference_taken"
    other = replace(first, reference=new_reference(1), version=2)
    assert (await refusal(backend.register.submit(other))).code == "other_reference"


async def test_what_the_dialogue_submits_is_taken(backend: Backend) -> None:
    draft = filled("ar").draft
    assert draft is not None
    flow = flow_named(draft.flow)
    values = form.to_submit(flow, draft.frame)
    missing = form.missing(flow, draft.frame, has_phone=True)
    held = await backend.register.submit(record(values=values, missing=missing))
    assert held.status == "received"


async def test_papers_go_there_and_back(backend: Backend) -> None:
    first, paper = record(), Attachment(new_id(), "birth_notice", "image/png", PNG)
    tid = first.transaction_id
    assert (await refusal(backend.register.attach(tid, paper))).code == "unknown"
    await backend.register.submit(first)
    await backend.register.attach(tid, paper)
    await backend.register.attach(tid, paper)
    held = await backend.register.read(tid)
    assert held is not None
    assert held.attachments == {paper.id}
    await backend.register.detach(tid, paper.id)
    await backend.register.detach(tid, paper.id)
    held = await backend.register.read(tid)
    assert held is not None
    assert held.attachments == set()


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        (Attachment(new_id(), "birth_notice", "image/png", b"not a picture"), "media_type"),
        (Attachment(new_id(), "birth_notice", "image/png", PNG + b"0" * 5_300_000), "too_large"),
    ],
    ids=["no picture", "too large"],
)
async def test_a_paper_that_is_none_is_refused(
    backend: Backend, paper: Attachment, code: str
) -> None:
    first = record()
    await backend.register.submit(first)
    refused = await refusal(backend.register.attach(first.transaction_id, paper))
    assert refused.code == code


async def test_the_same_event_is_found_by_the_mother_or_by_all_the_names(backend: Backend) -> None:
    identity = {"kind": "cnie", "number": "QX555111", "country": "MA"}
    values = {**birth()["values"], "mother_cnie": identity, "birth_date": "2025-09-03"}
    asked = SameEvent("declare_birth", date(2025, 9, 3), identity)
    assert not await backend.register.exists(asked)
    await backend.register.submit(record(values=values))
    assert await backend.register.exists(asked)
    named = SameEvent("declare_birth", date(2025, 9, 3), None, ("يوسف بناني", "هند التازي"))
    assert await backend.register.exists(named)
    assert not await backend.register.exists(replace(named, names=("يوسف بناني", "زهرة التازي")))
    assert not await backend.register.exists(replace(asked, date=date(2025, 9, 4)))


async def test_offices_say_what_they_take(backend: Backend) -> None:
    offices = await backend.register.offices(MAARIF)
    assert offices
    assert all(office.name_ar and office.name_fr and office.id for office in offices)
    assert any("declare_birth" in office.kinds for office in offices)
    assert await backend.register.offices("99.999.99.99") == ()


async def test_the_feed_tells_each_thing_in_its_order(backend: Backend) -> None:
    before = await everything(backend.register)
    first = record()
    await backend.register.submit(first)
    await backend.register.submit(replace(first, version=2))
    backend.officer(first.reference, "open")
    after = await everything(backend.register, before[0])
    told = [event for event in after[1] if event.transaction_id == first.transaction_id]
    assert [event.type.partition(".")[2] for event in told] == ["received", "completed", "opened"]
    assert {event.reference for event in told} == {first.reference}
    assert len({event.id for event in told}) == 3
    assert (await backend.register.events(after[0], 10)).events == ()


async def everything(register: Register, cursor: int = 0) -> tuple[int, list[Any]]:
    """The feed to its end, in small pieces."""
    found: list[Any] = []
    while (page := await register.events(cursor, 2)).events:
        found += page.events
        cursor = page.cursor
    return cursor, found


async def test_copies_are_quoted_ordered_once_and_paid_by_one_link(backend: Backend) -> None:
    [office, *_] = [o for o in await backend.register.offices(MAARIF) if "order_copies" in o.kinds]
    quote = await backend.register.quote(QuoteRequest(office.id, 2, 0, "MA"))
    assert sum(fee.amount for fee in quote.fees) == quote.total > Decimal(0)
    order = CopyOrder(new_id(), new_reference(5), "fr", quote.id, copy_values(office.id))
    held = await backend.register.order(order)
    assert (held.status, held.tracking_number) == ("awaiting_payment", None)
    assert await backend.register.order(order) == held
    assert await backend.register.read_order(order.transaction_id) == held
    assert await backend.register.read_order(new_id()) is None
    payment = await backend.register.payment(order.transaction_id)
    assert payment == await backend.register.payment(order.transaction_id)
    assert (payment.status, payment.amount) == ("open", quote.total)
    other = replace(order, transaction_id=new_id(), reference=new_reference(5))
    assert (await refusal(backend.register.order(other))).code == "quote_used"


def copy_values(office: str) -> dict[str, Any]:
    """An invented person orders two extracts of her own act."""
    return {
        "holder": "self",
        "requester_name": "Salma Bennani",
        "requester_cnie": {"kind": "cnie", "number": "BK123456", "country": "MA"},
        "registry_office": office,
        "act_number": 12,
        "act_year": 1990,
        "holder_given_name": "Salma",
        "holder_family_name": "Bennani",
        "holder_birth_date": "1990-02-03",
        "extract_count": 2,
        "full_copy_count": 0,
        "recipient_name": "Salma Bennani",
        "delivery_country": "MA",
        "delivery_address": "12, rue des Essais",
        "postal_code": "20000",
        "delivery_city": "Casablanca",
        "contact_phone": "+212600000001",
    }
