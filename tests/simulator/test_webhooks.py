"""The simulator's posts: signed, retried, repeated, lost and out of order, as switched."""

from __future__ import annotations

import httpx
import pytest

from integrations.twilio import is_signed
from simulator.webhooks import Overrides
from tests.support.provider import CITIZEN, SERVICE, SID, TOKEN, Notebook, Provider
from tests.support.serving import eventually


def send(provider: Provider, notebook: Notebook, text: str = "Bonjour") -> str:
    """A message of the service, as the API takes it; its id."""
    fields = {
        "To": CITIZEN,
        "From": SERVICE,
        "Body": text,
        "StatusCallback": notebook.url + "/status",
    }
    url = f"{provider.url}/2010-04-01/Accounts/{SID}/Messages.json"
    answer = httpx.post(url, data=fields, auth=(SID, TOKEN))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sid"])


def statuses(notebook: Notebook) -> list[str]:
    return [post.fields["MessageStatus"] for post in notebook.posts]


def test_inbound_post_is_signed_over_the_url_without_its_fragment(
    provider: Provider, notebook: Notebook
) -> None:
    sid = provider.type("السلام عليكم")
    eventually(lambda: notebook.posts)
    post = notebook.posts[0]
    signature = post.headers["x-twilio-signature"]
    assert (post.fields["MessageSid"], post.fields["From"]) == (sid, CITIZEN)
    assert is_signed(f"{notebook.url}/inbound", post.fields.items(), signature, TOKEN)
    assert not is_signed(f"{notebook.url}/other", post.fields.items(), signature, TOKEN)
    eventually(lambda: provider.message(sid).webhook == "taken")


@pytest.mark.parametrize(
    ("answers", "posts", "webhook"),
    [
        pytest.param([503, 500], 3, "taken", id="third try taken"),
        pytest.param([503, 500, 500, 500], 3, "refused", id="two retries and no more"),
        pytest.param([403, 403, 403], 3, "refused", id="4xx is retried with rp=all"),
        pytest.param([429], 1, "refused", id="429 never is"),
    ],
)
def test_retries_follow_the_overrides(
    provider: Provider, notebook: Notebook, answers: list[int], posts: int, webhook: str
) -> None:
    notebook.answers = answers
    sid = provider.type("1")
    eventually(lambda: provider.message(sid).webhook == webhook)
    assert len(notebook.posts) == posts
    assert len({post.headers["i-twilio-idempotency-token"] for post in notebook.posts}) == 1


@pytest.mark.parametrize(
    ("url", "answer", "again"),
    [
        ("http://x/y", None, True),
        ("http://x/y", 500, False),
        ("http://x/y#rc=2&rp=5xx", 500, True),
        ("http://x/y#rc=2&rp=5xx", 404, False),
        ("http://x/y#rp=4xx,5xx", 404, True),
        ("http://x/y#rp=all", 200, False),
    ],
)
def test_overrides(url: str, answer: int | None, again: bool) -> None:
    overrides = Overrides.of(url)
    assert overrides.url == "http://x/y"
    assert overrides.again(answer) is again


def test_repeats_carry_the_token_every_second_time(provider: Provider, notebook: Notebook) -> None:
    provider.switch(duplicates=2)
    provider.type("1")
    eventually(lambda: len(notebook.posts) == 3)
    tokens = [post.headers.get("i-twilio-idempotency-token") for post in notebook.posts]
    assert tokens == [tokens[0], tokens[0], None]
    assert len({post.fields["MessageSid"] for post in notebook.posts}) == 1


def test_lost_webhook_is_listed_and_not_posted(provider: Provider, notebook: Notebook) -> None:
    provider.switch(lost_webhooks=True)
    sid = provider.type("1")
    url = f"{provider.url}/2010-04-01/Accounts/{SID}/Messages.json"
    listed = httpx.get(url, auth=(SID, TOKEN), params={"To": SERVICE}).json()["messages"]
    assert [(m["sid"], m["direction"], m["status"]) for m in listed] == [
        (sid, "inbound", "received")
    ]
    assert notebook.posts == []


def test_swapped_messages_arrive_in_the_other_order(provider: Provider, notebook: Notebook) -> None:
    provider.switch(webhooks_swapped=True)
    provider.type("first")
    provider.type("second")
    eventually(lambda: len(notebook.posts) == 2)
    assert [post.fields["Body"] for post in notebook.posts] == ["second", "first"]


@pytest.mark.parametrize(
    ("switch", "told"),
    [
        pytest.param({}, ["sent", "delivered"], id="as usual"),
        pytest.param(
            {"receipts_twice": True}, ["sent", "sent", "delivered", "delivered"], id="twice"
        ),
        pytest.param({"receipts_reversed": True}, ["delivered", "sent"], id="out of order"),
        pytest.param({"undelivered_code": 30003}, ["sent", "undelivered"], id="undelivered"),
    ],
)
def test_receipts(
    provider: Provider, notebook: Notebook, switch: dict[str, int | bool], told: list[str]
) -> None:
    provider.switch(**switch)
    send(provider, notebook)
    eventually(lambda: len(notebook.posts) == len(told))
    assert statuses(notebook) == told
    code = notebook.posts[-1].fields.get("ErrorCode")
    assert code == ("30003" if "undelivered_code" in switch else None)


def test_lost_receipts(provider: Provider, notebook: Notebook) -> None:
    provider.switch(lost_receipts=True)
    sid = send(provider, notebook)
    eventually(lambda: provider.message(sid).status == "delivered")
    assert notebook.posts == []


def test_place_and_photo_say_what_they_are(provider: Provider, notebook: Notebook) -> None:
    provider.type(media="image")
    eventually(lambda: len(notebook.posts) == 1)
    provider.type(media="location")
    eventually(lambda: len(notebook.posts) == 2)
    photo, place = (post.fields for post in notebook.posts)
    assert (photo["NumMedia"], photo["MediaContentType0"], photo["Body"]) == ("1", "image/jpeg", "")
    assert (place["NumMedia"], place["MessageType"]) == ("0", "location")
