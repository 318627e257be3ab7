"""Faults that are switched on happen as they say, and leave what was taken as it is."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.sandbox import Sandbox, birth, running_sandbox


def test_a_failure_after_commit_is_a_failure_and_it_was_taken(sandbox: Sandbox) -> None:
    body, transaction_id = birth(), str(uuid4())
    sandbox.client  # noqa: B018 - its token is taken before the trouble begins
    sandbox.faults(fail_after_commit=1.0)
    assert sandbox.put(body, transaction_id).status_code == 500
    sandbox.faults()
    assert sandbox.put(body, transaction_id).status_code == 200
    assert sandbox.types(transaction_id) == ["pre_declaration.received"]


def test_through_all_faults_at_once_what_is_sent_again_is_taken_once(sandbox: Sandbox) -> None:
    sent = {str(uuid4()): birth() for _ in range(40)}
    cursor, tries = sandbox.events()["cursor"], 0
    sandbox.faults(seed=11, slow_ms=2, down=0.3, fail_after_commit=0.4, expire_tokens=0.1)
    for transaction_id, body in sent.items():
        while True:
            tries += 1
            if sandbox.put(body, transaction_id).status_code in (200, 201):
                break
    sandbox.faults()
    told = [event["transaction_id"] for event in sandbox.events(cursor)["events"]]
    assert told == list(sent)
    assert tries > 2 * len(sent)


def test_while_down_nothing_is_taken(sandbox: Sandbox) -> None:
    body, transaction_id = birth(), str(uuid4())
    sandbox.client  # noqa: B018
    sandbox.faults(down=1.0)
    answer = sandbox.put(body, transaction_id)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    sandbox.faults()
    assert sandbox.put(body, transaction_id).status_code == 201


def test_slow_is_slow_and_right(sandbox: Sandbox) -> None:
    sandbox.faults(slow_ms=300)
    before = time.monotonic()
    assert sandbox.put(birth()).status_code == 201
    assert time.monotonic() - before > 0.3


def test_a_good_token_may_read_expired(sandbox: Sandbox) -> None:
    sandbox.client  # noqa: B018
    sandbox.faults(expire_tokens=1.0)
    answer = sandbox.put(birth())
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_events_come_twice_and_out_of_order_but_the_cursor_is_right(sandbox: Sandbox) -> None:
    for _ in range(20):
        sandbox.put(birth())
    right = sandbox.events()
    sandbox.faults(seed=7, duplicate_events=0.5, shuffle_events=1.0)
    disturbed = sandbox.events()
    cursors = [event["cursor"] for event in disturbed["events"]]
    assert disturbed["cursor"] == right["cursor"]
    assert len(cursors) > len(right["events"])
    assert cursors != sorted(cursors)
    assert {e["id"] for e in disturbed["events"]} == {e["id"] for e in right["events"]}


def test_the_same_seed_meets_the_same_faults(sandbox: Sandbox) -> None:
    def met(seed: int) -> list[int]:
        sandbox.faults(seed=seed, down=0.5)
        return [sandbox.client.get("/v1/events").status_code for _ in range(30)]

    first = met(1)
    assert met(1) == first
    assert met(2) != first
    assert set(first) == {200, 503}
    told = sandbox.operator("GET", "/sandbox/faults").json()
    assert told["happened"]["down"] == met(2).count(503)


@pytest.mark.parametrize("wanted", [{"down": 2}, {"slow_ms": -1}, {"nonsense": 1}])
def test_a_fault_that_is_none_is_refused(sandbox: Sandbox, wanted: dict[str, Any]) -> None:
    assert sandbox.operator("PUT", "/sandbox/faults", json=wanted).status_code == 422


@pytest.mark.parametrize("given", [{}, {"X-Sandbox-Token": "another"}])
def test_what_is_for_trials_wants_its_own_token(sandbox: Sandbox, given: dict[str, str]) -> None:
    answer = sandbox.client.get("/sandbox/faults", headers=given)
    assert (answer.status_code, answer.json()["code"]) == (403, "sandbox_token")


def test_without_a_token_set_it_is_not_there(register_url: str) -> None:
    with running_sandbox(register_url, sandbox_token="") as bare:
        answer = httpx.get(f"{bare.base}/sandbox/faults", trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")


def test_asking_whether_an_event_exists_is_limited(register_url: str) -> None:
    with running_sandbox(register_url, exists_per_minute=3) as strict:
        body = {"kind": "declare_birth", "date": "2025-01-01"}
        answers = [strict.client.post("/v1/pre-declarations/exists", json=body) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


def test_the_database_away_is_said_and_not_explained(register_url: str) -> None:
    nowhere = register_url.replace("/register_", "/no_register_")
    with running_sandbox(register_url) as up:
        bearer = up.bearer()
    with running_sandbox(nowhere) as away:
        answer = httpx.get(f"{away.base}/v1/events", headers=bearer, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "no_register_" not in answer.text
