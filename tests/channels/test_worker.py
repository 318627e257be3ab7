"""What the worker makes of good and bad days at the provider, on the real database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from channels.worker import open_worker
from integrations.database import outbox
from integrations.database.engine import Database, open_database
from integrations.platform.crypto import Crypto
from integrations.platform.keys import load_keys
from integrations.twilio.messages import ProviderUnavailableError
from tests.support.gateway import COUNTING, Gateway, fixture
from tests.support.provider import Provider
from tests.support.worker import (
    IMPATIENT,
    is_settled,
    running_worker,
    soon,
    states,
    telephone,
    texts,
    type_,
)

pytestmark = pytest.mark.database
WEBHOOK = "/channels/sms/twilio"


def database_of(gateway: Gateway) -> Database:
    crypto = Crypto(load_keys(gateway.settings.keys_path))
    return open_database(gateway.database_url, crypto)


def attempts(gateway: Gateway, sid: str) -> int:
    """How often the answer to a message was tried."""
    found = gateway.rows(
        "select o.attempts from outbox o join inbox i on i.id = o.inbox_id"
        " where i.provider_id = %s",
        sid,
    )
    return int(found[0][0])


async def test_a_reply_reaches_the_phone_and_its_receipts_come_back(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    async with running_worker(gateway):
        sid = await type_(provider, "salam", phone)
        await soon(lambda: states(gateway, sid) == [("delivered", None)])
    assert texts(provider, phone) == ["1:salam:-"]
    found = gateway.rows(
        "select o.segments, o.provider_id, o.attempts from outbox o"
        " join inbox i on i.id = o.inbox_id where i.provider_id = %s",
        sid,
    )
    sent = next(message for message in provider.to_phones() if message.to == phone)
    assert found == [(1, sent.sid, 1)]


@pytest.mark.parametrize(
    "switch",
    [
        pytest.param({"accept_then_drop": 1}, id="taken, then the line cut"),
        pytest.param({"accept_then_drop": 3}, id="taken, then the line cut, three times"),
        pytest.param({"drop": 2}, id="lost, the line cut"),
        pytest.param({"too_many": 2}, id="too many requests"),
        pytest.param({"duplicates": 3}, id="webhooks repeated"),
        pytest.param({"lost_receipts": True}, id="receipts lost"),
        pytest.param({"receipts_twice": True, "receipts_reversed": True}, id="receipts upset"),
        pytest.param({"webhook_delay_ms": 150, "receipt_delay_ms": 150}, id="everything late"),
    ],
)
async def test_each_reply_reaches_the_phone_exactly_once(
    gateway: Gateway, provider: Provider, switch: dict[str, int | bool]
) -> None:
    phone = telephone()
    provider.switch(**switch)
    async with running_worker(gateway):
        sids = [await type_(provider, text, phone) for text in ("twice a", "b", "c")]
        expected = ["1:twice a:-", "1:twice a:-", "2:b:-", "3:c:-"]
        await soon(lambda: len(texts(provider, phone)) >= len(expected))
        await soon(
            lambda: all(state in ("sent", "delivered") for state, _ in states(gateway, *sids))
        )
        await soon(lambda: is_settled(gateway))
    assert texts(provider, phone) == expected


async def test_out_of_order_webhooks_are_each_answered_once(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    provider.switch(webhooks_swapped=True)
    async with running_worker(gateway):
        for text in ("first", "second"):
            await asyncio.to_thread(provider.type, text, phone)
        await soon(lambda: len(texts(provider, phone)) == 2)
    # Which came first depends on whether the catch-up saw the one that was held back.
    answered = sorted(said.split(":")[1] for said in texts(provider, phone))
    assert answered == ["first", "second"]


async def test_replies_wait_for_a_provider_that_is_down(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    provider.switch(down=True)
    async with running_worker(gateway):
        sid = await type_(provider, "salam", phone)
        # Nobody can say whether it left: it is looked up, in vain, again and again.
        looked_up = (
            "select o.claimed_at > i.received_at + interval '1 second' from outbox o"
            " join inbox i on i.id = o.inbox_id where i.provider_id = %s"
        )
        await soon(lambda: gateway.rows(looked_up, sid) == [(True,)])
        assert texts(provider, phone) == []
        provider.switch(down=False)
        await soon(lambda: states(gateway, sid) == [("delivered", None)])
        await soon(lambda: is_settled(gateway))
    assert texts(provider, phone) == ["1:salam:-"]


async def test_taken_cut_and_down_at_once_is_found_when_the_provider_is_back(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    provider.switch(accept_then_drop=1)
    async with running_worker(gateway):
        sid = await type_(provider, "salam", phone)
        await soon(lambda: len(texts(provider, phone)) == 1)
        provider.switch(down=True)
        await asyncio.sleep(1.0)
        provider.switch(down=False)
        await soon(lambda: states(gateway, sid)[0][0] in ("sent", "delivered"))
        await soon(lambda: is_settled(gateway))
    assert texts(provider, phone) == ["1:salam:-"]


async def test_the_same_words_twice_are_two_messages_even_when_the_line_is_cut(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    async with running_worker(gateway):
        provider.switch(accept_then_drop=2)
        sid = await type_(provider, "twice salam", phone)
        await soon(lambda: [state for state, _ in states(gateway, sid)] == ["delivered"] * 2)
        await soon(lambda: is_settled(gateway))
    assert texts(provider, phone) == ["1:twice salam:-"] * 2


async def test_a_citizen_who_stopped_the_provider_is_opted_out(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    async with running_worker(gateway):
        sid = await type_(provider, "salam", phone)
        await soon(lambda: states(gateway, sid)[0][0] == "delivered")
        provider.app.state.store.unsubscribed.add(phone)
        again = await type_(provider, "salam", phone)
        await soon(lambda: states(gateway, again) == [("failed", "21610")])
    opted_out = gateway.rows(
        "select c.opted_out from conversation c join inbox i on i.conversation_id = c.id"
        " where i.provider_id = %s",
        again,
    )
    assert opted_out == [(True,)]
    assert texts(provider, phone) == ["1:salam:-"]


async def test_what_can_never_be_reached_is_not_tried_again(
    gateway: Gateway, provider: Provider
) -> None:
    sid = "SM" + "7" * 32
    form = fixture("service_name", MessageSid=sid)
    assert (await asyncio.to_thread(gateway.post, WEBHOOK, form)).status_code == 200
    async with running_worker(gateway):
        await soon(lambda: states(gateway, sid) == [("failed", "21211")])
    assert attempts(gateway, sid) == 1


async def test_a_row_a_dead_sender_left_is_sent_once(gateway: Gateway, provider: Provider) -> None:
    phone = telephone()
    sid = await type_(provider, "salam", phone)
    db = database_of(gateway)
    rows = await outbox.claim(db, 100, datetime.now(UTC))
    await db.close()
    assert phone in {row.address for row in rows}
    async with running_worker(gateway):
        await soon(lambda: states(gateway, sid)[0][0] == "delivered")
    assert texts(provider, phone) == ["1:salam:-"]


async def test_a_message_being_sent_when_its_reader_asks_to_be_forgotten(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    provider.switch(accept_then_drop=1, answer_delay_ms=300)
    async with running_worker(gateway):
        sid = await type_(provider, "salam", phone)
        await soon(lambda: states(gateway, sid) == [("sending", None)])
        await type_(provider, "forget", phone)
        await soon(lambda: texts(provider, phone) == ["1:salam:-", "2:forget:-"])
        await soon(lambda: states(gateway, sid)[0][0] in ("sent", "delivered"))
    kept = gateway.rows(
        "select count(o.body_enc), count(i.body_enc) from outbox o"
        " join inbox i on i.id = o.inbox_id where i.provider_id = %s",
        sid,
    )
    assert kept == [(0, 0)]


async def test_what_is_past_its_term_is_erased(gateway: Gateway, provider: Provider) -> None:
    old, recent = telephone(), telephone()
    async with running_worker(gateway) as worker:
        first, second = await type_(provider, "salam", old), await type_(provider, "salam", recent)
        await soon(lambda: states(gateway, first, second) == [("delivered", None)] * 2)
        gateway.execute(
            "update inbox set received_at = now() - interval '91 days' where provider_id = %s",
            first,
        )
        await worker.erase()
    kept = gateway.rows(
        "select provider_id from inbox where body_enc is not null and provider_id = any(%s)",
        [first, second],
    )
    assert kept == [(second,)]


async def test_two_workers_send_nothing_twice(gateway: Gateway, provider: Provider) -> None:
    phones = [telephone() for _ in range(15)]
    async with running_worker(gateway), running_worker(gateway):
        await asyncio.gather(*(type_(provider, "twice a", phone) for phone in phones))
        await soon(lambda: all(len(texts(provider, phone)) == 2 for phone in phones))
        await soon(lambda: is_settled(gateway))
    assert {tuple(texts(provider, phone)) for phone in phones} == {("1:twice a:-",) * 2}


async def test_what_no_webhook_brought_is_taken_in_from_the_providers_list(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    provider.switch(lost_webhooks=True)
    sids = [await asyncio.to_thread(provider.type, text, phone) for text in ("a", "b")]
    async with running_worker(gateway) as worker:
        await soon(lambda: len(texts(provider, phone)) == 2)
        assert await worker.catch_up.run() == 0
    assert texts(provider, phone) == ["1:a:-", "2:b:-"]
    assert len(states(gateway, *sids)) == 2


async def test_a_worker_that_starts_after_an_outage_goes_on_where_another_stopped(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    provider.switch(lost_webhooks=True)
    sid = await asyncio.to_thread(provider.type, "in the outage", phone)
    missed = provider.message(sid)
    missed.created = missed.sent = datetime.now(UTC) - timedelta(hours=5)
    provider.switch(lost_webhooks=False)
    # What came by webhook since does not hide it: the last complete list is older than both.
    await type_(provider, "after it", telephone())
    gateway.execute(
        "insert into inbound_cursor values ('twilio', 'sms', now() - interval '6 hours')"
        " on conflict (provider, channel) do update set complete_until = excluded.complete_until"
    )
    async with running_worker(gateway):
        await soon(lambda: texts(provider, phone) == ["1:in the outage:-"])
    assert gateway.rows(
        "select provider, channel, complete_until > now() - interval '1 minute' from inbound_cursor"
    ) == [("twilio", "sms", True)]


async def test_a_list_that_was_not_read_to_its_end_moves_no_cursor(
    gateway: Gateway, provider: Provider
) -> None:
    cursor = "select complete_until from inbound_cursor"
    async with open_worker(gateway.settings, IMPATIENT, COUNTING) as worker:
        await worker.catch_up.run()
        before = gateway.rows(cursor)
        provider.switch(down=True)
        with pytest.raises(ProviderUnavailableError):
            await worker.catch_up.run()
        assert gateway.rows(cursor) == before


async def test_what_a_gateway_stored_and_did_not_answer_is_answered(
    gateway: Gateway, provider: Provider
) -> None:
    phone = telephone()
    sid = await type_(provider, "boom", phone)
    assert states(gateway, sid) == []
    async with running_worker(gateway):
        await soon(lambda: len(texts(provider, phone)) == 1)
    assert texts(provider, phone) == ["error.internal"]
