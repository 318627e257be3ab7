"""Sending, finding and listing through the SDK, against the simulator over HTTP."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from integrations.twilio import SendFailure, Sent, TwilioMessages
from integrations.twilio.messages import ProviderUnavailableError
from tests.support.provider import (
    CITIZEN,
    SERVICE,
    SID,
    TOKEN,
    Notebook,
    Provider,
)
from tests.support.serving import eventually, free_port

pytestmark = pytest.mark.asyncio
TEXT = "سلام عليكم"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture
async def twilio(provider: Provider) -> AsyncIterator[TwilioMessages]:
    messages = TwilioMessages(SID, TOKEN, SERVICE, provider.url, 3)
    yield messages
    await messages.aclose()


def callback(notebook: Notebook) -> str:
    return f"{notebook.url}/status?row=7"


async def test_sent_message_reaches_the_phone_and_its_receipts_come_back(
    twilio: TwilioMessages, provider: Provider, notebook: Notebook
) -> None:
    sent = await twilio.send(CITIZEN, TEXT, callback(notebook))
    assert isinstance(sent, Sent)
    assert [(m.sid, m.body, m.to) for m in provider.to_phones()] == [
        (sent.provider_id, TEXT, CITIZEN)
    ]
    eventually(lambda: len(notebook.posts) == 2)
    assert [post.fields["MessageStatus"] for post in notebook.posts] == ["sent", "delivered"]
    assert {post.path for post in notebook.posts} == {"/status?row=7"}


async def test_messaging_service_is_named_instead_of_a_number(provider: Provider) -> None:
    service = TwilioMessages(SID, TOKEN, "MG" + "1" * 32, provider.url, 3)
    assert isinstance(await service.send(CITIZEN, TEXT, "http://127.0.0.1:1/status"), Sent)
    assert provider.to_phones()[0].service_sid == "MG" + "1" * 32
    await service.aclose()


@pytest.mark.parametrize(
    ("to", "text", "code", "retry", "stop"),
    [
        pytest.param("+2126123", "a", 21211, "no", False, id="not a number"),
        pytest.param("+212537123456", "a", 21614, "no", False, id="landline"),
        pytest.param(CITIZEN, " ", 21602, "no", False, id="empty"),
        pytest.param(CITIZEN, "a" * 1601, 21617, "no", False, id="too long"),
    ],
)
async def test_refusal_is_a_value(
    twilio: TwilioMessages, to: str, text: str, code: int, retry: str, stop: bool
) -> None:
    failure = await twilio.send(to, text, "http://127.0.0.1:1/status")
    assert isinstance(failure, SendFailure)
    assert (failure.code, failure.retry, failure.stop_contact) == (code, retry, stop)
    assert not failure.maybe_sent


async def test_refused_after_the_providers_own_stop(
    twilio: TwilioMessages, provider: Provider, notebook: Notebook
) -> None:
    provider.switch(stop_words=True)
    provider.type("Stop")
    failure = await twilio.send(CITIZEN, TEXT, callback(notebook))
    assert isinstance(failure, SendFailure)
    assert (failure.code, failure.stop_contact) == (21610, True)
    provider.type("START")
    assert isinstance(await twilio.send(CITIZEN, TEXT, callback(notebook)), Sent)


async def test_wrong_token_is_our_fault(provider: Provider) -> None:
    wrong = TwilioMessages(SID, "another", SERVICE, provider.url, 3)
    failure = await wrong.send(CITIZEN, TEXT, "http://127.0.0.1:1/status")
    assert isinstance(failure, SendFailure)
    assert (failure.code, failure.ours, failure.retry) == (20003, True, "later")
    with pytest.raises(ProviderUnavailableError):
        await wrong.candidates(CITIZEN, TEXT, LONG_AGO)
    await wrong.aclose()


@pytest.mark.parametrize(
    ("switch", "code", "maybe_sent", "messages"),
    [
        pytest.param({"too_many": 1}, 20429, False, 0, id="too many requests"),
        pytest.param({"down": True}, 0, True, 0, id="provider down"),
        pytest.param({"drop": 1}, 0, True, 0, id="line cut before"),
        pytest.param({"accept_then_drop": 1}, 0, True, 1, id="line cut after"),
    ],
)
async def test_bad_day(
    twilio: TwilioMessages,
    provider: Provider,
    switch: dict[str, int | bool],
    code: int,
    maybe_sent: bool,
    messages: int,
) -> None:
    provider.switch(**switch)
    failure = await twilio.send(CITIZEN, TEXT, "http://127.0.0.1:1/status")
    assert isinstance(failure, SendFailure)
    assert (failure.code, failure.maybe_sent, failure.retry) == (code, maybe_sent, "soon")
    assert len(provider.to_phones()) == messages


async def test_an_answer_too_late_leaves_it_open_whether_it_left(provider: Provider) -> None:
    provider.switch(answer_delay_ms=1500)
    hasty = TwilioMessages(SID, TOKEN, SERVICE, provider.url, 0.2)
    failure = await hasty.send(CITIZEN, TEXT, "http://127.0.0.1:1/status")
    await hasty.aclose()
    assert isinstance(failure, SendFailure)
    assert (failure.maybe_sent, failure.retry) == (True, "soon")
    assert len(provider.to_phones()) == 1


async def test_nobody_listens_means_it_never_left() -> None:
    nobody = TwilioMessages(SID, TOKEN, SERVICE, f"http://127.0.0.1:{free_port()}", 1)
    failure = await nobody.send(CITIZEN, TEXT, "http://127.0.0.1:1/status")
    assert isinstance(failure, SendFailure)
    assert (failure.maybe_sent, failure.retry) == (False, "soon")
    with pytest.raises(ProviderUnavailableError):
        await nobody.received_since(LONG_AGO)
    await nobody.aclose()


async def test_candidates_are_known_by_recipient_text_and_time(
    twilio: TwilioMessages, provider: Provider
) -> None:
    provider.switch(accept_then_drop=1)
    started = datetime.now(UTC)
    await twilio.send(CITIZEN, TEXT, "http://127.0.0.1:1/status")
    sid = provider.to_phones()[0].sid
    assert await twilio.candidates(CITIZEN, TEXT, started) == [sid]
    assert await twilio.candidates(CITIZEN, TEXT + ".", started) == []
    assert await twilio.candidates("+212612345679", TEXT, started) == []
    assert await twilio.candidates(CITIZEN, TEXT, started + timedelta(minutes=5)) == []


async def test_the_same_words_sent_twice_are_two_candidates_oldest_first(
    twilio: TwilioMessages, provider: Provider
) -> None:
    for _ in range(2):
        await twilio.send(CITIZEN, TEXT, "http://127.0.0.1:1/status")
    sids = [message.sid for message in provider.to_phones()]
    assert await twilio.candidates(CITIZEN, TEXT, LONG_AGO) == sids


async def test_what_the_citizen_wrote_is_no_candidate(
    twilio: TwilioMessages, provider: Provider
) -> None:
    provider.type(TEXT, number="+212661234567")
    assert await twilio.candidates("+212661234567", TEXT, LONG_AGO) == []


async def test_received_since_lists_all_pages_oldest_first(
    twilio: TwilioMessages, provider: Provider
) -> None:
    provider.switch(lost_webhooks=True)
    typed = [provider.type(f"message {number}") for number in range(120)]
    photo = provider.type(media="image")
    await twilio.send(CITIZEN, TEXT, "http://127.0.0.1:1/status")
    found = await twilio.received_since(LONG_AGO)
    assert [message.provider_id for message in found] == [*typed, photo]
    assert next(m for m in found if m.provider_id == photo).media_count == 1
    assert await twilio.received_since(datetime.now(UTC) + timedelta(minutes=1)) == []


async def test_nothing_of_a_citizen_is_logged(
    twilio: TwilioMessages, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await twilio.send(CITIZEN, TEXT, "http://127.0.0.1:1/status")
    await twilio.send("+2126123", TEXT, "http://127.0.0.1:1/status")
    await twilio.candidates(CITIZEN, TEXT, LONG_AGO)
    assert "2126" not in caplog.text
    assert TEXT not in caplog.text
