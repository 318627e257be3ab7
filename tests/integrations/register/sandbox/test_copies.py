"""Copies by post: the bill, the rules of who and what, the payment, the letter's way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from integrations.platform.clock import CASABLANCA, SetClock
from integrations.platform.ids import new_reference
from integrations.register.sandbox.copy_orders import price
from tests.support.ordering import Ordered, act, order_body, order_values, ordered, quote
from tests.support.sandbox import Sandbox, running_sandbox


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


def test_the_bill_is_the_sample_of_the_postal_service(sandbox: Sandbox) -> None:
    told = quote(sandbox, order_values(act(sandbox))).json()
    assert {line["code"]: line["amount"] for line in told["lines"]} == {
        "postage": "16.50",
        "stamps": "4.00",
        "management": "1.41",
        "e_payment": "0.25",
    }
    assert (told["total"], told["currency"]) == ("22.16", "MAD")
    assert dict(price(3, 0, "FR"))["postage"] > dict(price(3, 0, "MA"))["postage"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"registry_office": "99.999.99.9-1"}, ("office", "unknown_office")),
        ({"extract_count": 0, "full_copy_count": 0}, ("extract_count", "none_ordered")),
    ],
)
def test_a_quote_for_nothing_is_refused(
    sandbox: Sandbox, changes: dict[str, Any], named: tuple[str, str]
) -> None:
    answer = quote(sandbox, order_values(act(sandbox)) | changes)
    assert [(f["field"], f["problem"]) for f in answer.json()["fields"]] == [named]


def test_an_office_that_sends_no_copies_says_so(sandbox: Sandbox) -> None:
    statement = "select id from office where not 'order_copies' = any(kinds) limit 1"
    [(office,)] = sandbox.rows(statement)
    answer = quote(sandbox, order_values(act(sandbox), registry_office=office))
    assert answer.json()["fields"] == [{"field": "office", "problem": "kind_not_taken"}]


def test_an_order_is_taken_once(sandbox: Sandbox) -> None:
    made = ordered(sandbox)
    again = made.put()
    assert (again.status_code, again.json()["status"]) == (200, "awaiting_payment")
    assert code(made.put(language="ar")) == (409, "other_content")
    assert code(made.put(reference=new_reference(5))) == (409, "other_reference")
    other = Ordered(sandbox, str(uuid4()), made.body)
    assert code(other.put()) == (409, "quote_used")
    assert sandbox.types(made.transaction_id) == ["copy_order.received"]


def test_parallel_repeats_make_one_order(sandbox: Sandbox) -> None:
    made = Ordered(sandbox, str(uuid4()), order_body(sandbox))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: made.put().status_code, range(16)))
    assert sorted(answers) == [200] * 15 + [201]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"act_year": 2100}, ("values.act_year", "in_the_future")),
        ({"holder": "child"}, ("values.holder_birth_date", "not_minor")),
        ({"holder_birth_date": "2020-01-01", "act_year": 2020}, None),
        ({"holder_birth_date": "1999-13"}, ("values.holder_birth_date", "not_a_date")),
        ({"holder_birth_date": "2026", "act_year": 2001}, ("values.act_year", "before_birth")),
        ({"requester_cnie": {"kind": "none"}}, ("values.requester_cnie", "not_an_identity")),
        ({"postal_code": "2000"}, ("values.postal_code", "five_digits")),
    ],
)
def test_an_order_that_may_not_be_is_refused_by_its_field(
    sandbox: Sandbox, changes: dict[str, Any], named: tuple[str, str] | None
) -> None:
    answer = Ordered(sandbox, str(uuid4()), order_body(sandbox, **changes)).put()
    assert code(answer) == (422, "not_valid")
    told = {(f["field"], f["problem"]) for f in answer.json()["fields"]}
    assert (named or ("values.holder_birth_date", "not_adult")) in told


@pytest.mark.parametrize("year", ["2015", "2015-06", "2015-06-01"])
def test_a_minor_childs_act_may_be_ordered(sandbox: Sandbox, year: str) -> None:
    child = {"holder": "child", "holder_birth_date": year, "act_year": 2015}
    assert ordered(sandbox, **child).status == "awaiting_payment"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"extract_count": 2}, "quote_differs"),
        ({"delivery_country": "FR"}, "quote_differs"),
    ],
)
def test_an_order_is_for_what_was_quoted(
    sandbox: Sandbox, changes: dict[str, Any], refused: str
) -> None:
    made = Ordered(sandbox, str(uuid4()), order_body(sandbox, **changes))
    assert code(made.put()) == (409, refused)


def test_a_quote_that_is_none_is_refused(sandbox: Sandbox) -> None:
    made = Ordered(sandbox, str(uuid4()), order_body(sandbox))
    assert code(made.put(quote=str(uuid4()))) == (409, "quote_unknown")


def test_the_link_is_one_and_paid_once(sandbox: Sandbox) -> None:
    made = ordered(sandbox)
    first, again = made.link(), made.link()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    with ThreadPoolExecutor(6) as pool:
        answers = sorted(a.status_code for a in pool.map(made.choose, ["pay"] * 6))
    assert answers == [200] + [409] * 5
    assert made.status == "paid"
    assert sandbox.types(made.transaction_id) == ["copy_order.received", "copy_order.paid"]
    assert code(made.link()) == (409, "already_paid")


def test_declined_and_abandoned_it_may_be_tried_again(sandbox: Sandbox) -> None:
    made = ordered(sandbox)
    declined, abandoned = made.choose("decline"), made.choose("abandon")
    assert "a refusé le paiement" in declined.text
    assert "rien n&#39;a été prélevé" in abandoned.text
    assert made.link().json()["status"] == "abandoned"
    assert made.choose("pay").status_code == 200
    assert sandbox.types(made.transaction_id)[1:] == [
        "copy_order.payment_declined",
        "copy_order.payment_abandoned",
        "copy_order.paid",
    ]


def test_unpaid_it_lapses_after_72_hours(register_url: str) -> None:
    start = datetime(2025, 11, 10, 12, 0, tzinfo=CASABLANCA)
    clock = SetClock(start, ticking=False)
    with running_sandbox(register_url, clock=clock) as sandbox:
        made = ordered(sandbox)
        url = made.link_url
        clock.set(start + timedelta(hours=72))
        sandbox.client.headers.update(sandbox.bearer())
        late = httpx.post(url, data={"choice": "pay"}, trust_env=False)
        assert (late.status_code, "72 heures" in late.text) == (410, True)
        sandbox.operator("POST", "/sandbox/sweep")
        assert made.status == "lapsed"
        assert code(made.link()) == (409, "closed")
        assert sandbox.types(made.transaction_id).count("copy_order.lapsed") == 1


def test_a_quote_expires(register_url: str) -> None:
    start = datetime(2025, 11, 10, 12, 0, tzinfo=CASABLANCA)
    clock = SetClock(start, ticking=False)
    with running_sandbox(register_url, clock=clock) as sandbox:
        made = Ordered(sandbox, str(uuid4()), order_body(sandbox))
        clock.set(start + timedelta(hours=24))
        sandbox.client.headers.update(sandbox.bearer())
        assert code(made.put()) == (409, "quote_expired")


def test_a_paid_order_goes_its_way_to_the_door(sandbox: Sandbox) -> None:
    made = ordered(sandbox)
    made.choose("pay")
    for step in ("process", "send", "arrive", "deliver"):
        assert made.step(step, place="Agence d'essai").status_code == 200
    held = sandbox.client.get(f"/v1/copy-orders/{made.transaction_id}").json()
    assert held["status"] == "delivered"
    assert len(held["tracking_number"]) == 9
    assert held["arrived"]["place"] == "Agence d'essai"
    [sent] = [e for e in sandbox.events()["events"] if e["reference"] == made.reference][3:4]
    assert sent["data"] == {"tracking_number": held["tracking_number"]}


def test_wrong_data_is_rejected_after_payment(sandbox: Sandbox) -> None:
    made = ordered(sandbox, holder_given_name="Quelqu'un")
    made.choose("pay")
    answer = made.step("process").json()
    assert (answer["status"], "aucun acte" in answer["reason"]) == ("rejected", True)


def test_a_letter_nobody_fetched_comes_back(sandbox: Sandbox) -> None:
    made = ordered(sandbox)
    made.choose("pay")
    for step in ("process", "send", "arrive", "return"):
        made.step(step)
    assert made.status == "returned"
    assert code(made.step("deliver")) == (409, "is_returned")


@pytest.mark.parametrize("step", ["process", "send", "arrive", "deliver", "return", "reject"])
def test_an_unpaid_order_goes_nowhere(sandbox: Sandbox, step: str) -> None:
    made = ordered(sandbox)
    assert code(made.step(step)) == (409, "is_awaiting_payment")
    assert made.status == "awaiting_payment"
