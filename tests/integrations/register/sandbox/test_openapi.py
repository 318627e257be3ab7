"""The contract is valid, the service serves exactly it, and keeps it under whatever is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
import yaml  # type: ignore[import-untyped]
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from stdnum import damm

from integrations.platform.settings import CHECKOUT
from integrations.register.sandbox.app import PARTS
from integrations.register.sandbox.checks import EVENT_DATES, KIND_DIGITS
from integrations.register.sandbox.config import SandboxConfig
from integrations.register.sandbox.operations import open_register
from tests.support.sandbox import CLIENT, MAARIF, SECRET, Sandbox

CONTRACT: dict[str, Any] = yaml.safe_load(
    (CHECKOUT / "integrations/register/openapi.yaml").read_text(encoding="utf-8")
)
SCHEMA = schemathesis.openapi.from_dict(CONTRACT)
METHODS = {"get", "put", "post", "delete"}
# A body may be right in form and wrong in meaning (a check digit, a date to come): refused rightly.
OTHERWISE: list[Any] = [positive_data_acceptance]


def written() -> dict[tuple[str, str], set[str]]:
    """The statuses of each operation in the contract."""
    return {
        (method, path): set(operation["responses"])
        for path, entry in CONTRACT["paths"].items()
        for method, operation in entry.items()
        if method in METHODS
    }


def served() -> dict[tuple[str, str], set[str]]:
    """The statuses of each operation that the service declares."""
    app = FastAPI()
    register = open_register(SandboxConfig("postgresql://nowhere/x", "id", "secret"))
    for part in PARTS:
        app.include_router(part.routes(register))
    return {
        (method, path): set(operation["responses"])
        for path, entry in app.openapi()["paths"].items()
        for method, operation in entry.items()
    }


def make_sense(case: schemathesis.Case[Any]) -> None:
    """Give a body of the right form what its form cannot say, so that some are taken."""
    body: Any = case.body
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    if case.path == "/v1/quotes" and isinstance(body, dict) and "office" in body:
        body["office"] = f"{MAARIF}-1"
    if not isinstance(body, dict) or body.get("kind") not in EVENT_DATES:
        return
    if isinstance(body.get("values"), dict):
        body["values"][EVENT_DATES[body["kind"]]] = "2025-01-02"
    if isinstance(body.get("reference"), str) and body["reference"].isascii():
        digits = f"{KIND_DIGITS[body['kind']]}{body['reference'][1:11]}"
        if digits.isdigit():
            body["reference"] = digits + damm.calc_check_digit(digits)


def test_the_contract_is_valid() -> None:
    SCHEMA.validate()
    assert CONTRACT["openapi"].startswith("3.1")


def test_the_service_serves_the_contract_and_nothing_else() -> None:
    assert served() == written()


@pytest.mark.parametrize(("method", "path"), sorted(written()))
def test_every_operation_wants_a_token_first(sandbox: Sandbox, method: str, path: str) -> None:
    if path == "/oauth/token":
        return
    answer = sandbox.client.request(method, path, headers={"Authorization": ""}, content=b"{")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """The connections of the generated requests, closed in the end."""
    with requests.Session() as opened:
        yield opened


@SCHEMA.parametrize()
@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_is_answered_as_the_contract_says(
    case: schemathesis.Case[Any], running: Sandbox, session: requests.Session
) -> None:
    make_sense(case)
    headers = dict(running.client.headers)
    case.call_and_validate(
        base_url=running.base, headers=headers, session=session, excluded_checks=OTHERWISE
    )


def test_a_body_that_is_no_json_is_refused_without_being_repeated(sandbox: Sandbox) -> None:
    path = "/v1/pre-declarations/5b1c1a4e-0000-4000-8000-000000000000"
    as_json = {"Content-Type": "application/json"}
    answer = sandbox.client.put(path, content=b'{"secret', headers=as_json)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_valid")
    assert "secret" not in answer.text


def test_numbers_beyond_what_json_holds_are_refused(sandbox: Sandbox) -> None:
    body = json.dumps({"kind": "declare_birth", "date": "2025-01-01", "names": [1e400]})
    answer = sandbox.client.post(
        "/v1/pre-declarations/exists", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


def test_the_token_endpoint_says_what_is_wrong(sandbox: Sandbox) -> None:
    refused = {
        (answer.status_code, answer.json()["error"])
        for answer in (
            sandbox.token(client_secret="another"),
            sandbox.token(client_id="another"),
            sandbox.token(grant_type="password"),
            sandbox.token(grant_type=""),
        )
    }
    assert refused == {
        (401, "invalid_client"),
        (400, "unsupported_grant_type"),
        (400, "invalid_request"),
    }


def test_a_token_lives_ten_minutes_and_is_kept_as_a_hash(sandbox: Sandbox) -> None:
    told = sandbox.token().json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 600)
    kept = sandbox.rows("select encode(hash, 'escape') || client from token")
    assert all(told["access_token"] not in row for (row,) in kept)


def test_basic_authentication_is_taken_as_well(sandbox: Sandbox) -> None:
    answer = httpx.post(
        f"{sandbox.base}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(CLIENT, SECRET),
        trust_env=False,
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
