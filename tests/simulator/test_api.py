"""The provider's API refuses what the provider refuses, in its own words and pages."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.provider import CITIZEN, SERVICE, SID, TOKEN, Provider

GOOD = {"To": CITIZEN, "From": SERVICE, "Body": "Bonjour"}


def messages_url(provider: Provider, sid: str = SID) -> str:
    return f"{provider.url}/2010-04-01/Accounts/{sid}/Messages.json"


def create(provider: Provider, **fields: str) -> httpx.Response:
    given = {name: value for name, value in (GOOD | fields).items() if value is not None}
    return httpx.post(messages_url(provider), data=given, auth=(SID, TOKEN))


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        pytest.param({"To": "+212"}, 400, 21211, id="no number"),
        pytest.param({"To": ""}, 400, 21604, id="no recipient"),
        pytest.param({"To": "+212537123456"}, 400, 21614, id="landline"),
        pytest.param({"From": ""}, 400, 21603, id="no sender"),
        pytest.param({"From": "+15005550009"}, 400, 21606, id="not our number"),
        pytest.param({"Body": ""}, 400, 21602, id="empty"),
        pytest.param({"Body": "a" * 1601}, 400, 21617, id="too long"),
        pytest.param({"StatusCallback": "nowhere"}, 400, 21609, id="bad callback"),
    ],
)
def test_refusals(provider: Provider, fields: dict[str, str], status: int, code: int) -> None:
    answer = create(provider, **fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["status"] == status
    assert provider.to_phones() == []


def test_taken_message_has_twilios_fields(provider: Provider) -> None:
    answer = create(provider, Body="س" * 71)
    made = answer.json()
    assert answer.status_code == 201
    assert (made["status"], made["num_segments"], made["direction"]) == (
        "queued",
        "2",
        "outbound-api",
    )
    fetched = httpx.get(f"{provider.url}{made['uri']}", auth=(SID, TOKEN)).json()
    assert fetched["sid"] == made["sid"]
    assert set(fetched) == set(made)


@pytest.mark.parametrize(
    ("sid", "auth", "status", "code"),
    [
        pytest.param(SID, (SID, "wrong"), 401, 20003, id="wrong token"),
        pytest.param(SID, None, 401, 20003, id="no token"),
        pytest.param("AC" + "1" * 32, (SID, TOKEN), 404, 20404, id="another account"),
    ],
)
def test_account_is_checked(
    provider: Provider, sid: str, auth: tuple[str, str] | None, status: int, code: int
) -> None:
    answer = httpx.get(messages_url(provider, sid), auth=auth)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_unknown_message_is_not_found(provider: Provider) -> None:
    url = messages_url(provider).replace(".json", "/SM00.json")
    assert httpx.get(url, auth=(SID, TOKEN)).status_code == 404


def listed(provider: Provider, **query: str) -> dict[str, Any]:
    answer = httpx.get(messages_url(provider), params=query, auth=(SID, TOKEN))
    found: dict[str, Any] = answer.json()
    return found


def test_list_filters_and_pages(provider: Provider) -> None:
    provider.switch(lost_webhooks=True)
    for number in range(5):
        create(provider, Body=str(number))
    provider.type("in")
    assert [m["body"] for m in listed(provider, To=CITIZEN)["messages"]] == list("43210")
    assert [m["body"] for m in listed(provider, To=SERVICE)["messages"]] == ["in"]
    assert listed(provider, **{"DateSent>": "2036-01-01"})["messages"] == []
    assert listed(provider, **{"DateSent<": "2016-01-01T00:00:00Z"})["messages"] == []
    page = listed(provider, To=CITIZEN, PageSize="2")
    following = httpx.get(provider.url + page["next_page_uri"], auth=(SID, TOKEN)).json()
    assert [m["body"] for m in following["messages"]] == ["2", "1"]
    assert following["previous_page_uri"] is not None


def test_stop_words_are_the_providers_only_when_switched_on(provider: Provider) -> None:
    provider.type("STOP")
    assert create(provider).status_code == 201
    provider.switch(stop_words=True)
    provider.type("stop ")
    assert create(provider).json()["code"] == 21610
    assert [m.body for m in provider.to_phones() if "unsubscribed" in m.body]
    provider.type("Start")
    assert create(provider).status_code == 201
