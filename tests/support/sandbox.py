"""The sandbox register on loopback with a database of its own, and a client that speaks to it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from integrations.local.services import Endpoints
from integrations.platform.ids import new_reference
from integrations.register.sandbox.app import create_app
from integrations.register.sandbox.config import SandboxConfig
from integrations.register.sandbox.migrate import migrate
from tests.support.services import named, run_sql
from tests.support.serving import free_port, serving

TEMPLATE = "register_template"
CLIENT, SECRET, OPERATOR = "hala-test", "a-secret-of-the-tests", "a-token-of-the-tests"
WEBHOOK_SECRET = "a-webhook-secret-of-the-tests"
DIGITS = {"declare_birth": 1, "declare_death": 2, "declare_marriage": 3, "declare_divorce": 4}
MAARIF = "06.141.01.03"  # an arrondissement of Casablanca


def prepare_template(endpoints: Endpoints) -> None:
    """A migrated, filled database to copy from; once a session."""
    run_sql(endpoints.database_url, f"create database {TEMPLATE}")
    migrate(named(endpoints.database_url, TEMPLATE))


@contextmanager
def register_database(endpoints: Endpoints) -> Iterator[str]:
    """The URL of a filled register database of its own."""
    name = f"register_{secrets.token_hex(6)}"
    run_sql(endpoints.database_url, f"create database {name} template {TEMPLATE}")
    try:
        yield named(endpoints.database_url, name)
    finally:
        run_sql(endpoints.database_url, f"drop database {name} with (force)")


@dataclass
class Sandbox:
    """A running sandbox register."""

    base: str
    database_url: str

    @cached_property
    def client(self) -> httpx.Client:
        """A client with a token."""
        return httpx.Client(base_url=self.base, headers=self.bearer(), timeout=30, trust_env=False)

    def token(self, **changes: str) -> httpx.Response:
        """What `/oauth/token` answers."""
        form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
        kept = {name: value for name, value in (form | changes).items() if value}
        return httpx.post(f"{self.base}/oauth/token", data=kept, trust_env=False)

    def bearer(self) -> dict[str, str]:
        """The header of a fresh token."""
        return {"Authorization": f"Bearer {self.token().json()['access_token']}"}

    def put(self, body: dict[str, Any], transaction_id: str | None = None) -> httpx.Response:
        """Send a pre-declaration."""
        path = f"/v1/pre-declarations/{transaction_id or uuid4()}"
        return self.client.put(path, json=body)

    def step(self, what: str, reference: str, step: str, **said: Any) -> httpx.Response:
        """An officer's step with a pre-declaration or a copy order."""
        return self.operator("POST", f"/sandbox/{what}/{reference}/{step}", json=said)

    def officer(self, reference: str, step: str, **said: Any) -> httpx.Response:
        """An officer's step with a pre-declaration."""
        return self.step("pre-declarations", reference, step, **said)

    def operator(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A request under `/sandbox`."""
        headers = {"X-Sandbox-Token": OPERATOR}
        return self.client.request(method, path, headers=headers, **request)

    def faults(self, **wanted: Any) -> None:
        """Switch faults on; none named switches all off."""
        assert self.operator("PUT", "/sandbox/faults", json=wanted).status_code == 200

    def events(self, after: int = 0, limit: int = 500) -> dict[str, Any]:
        """A page of the feed."""
        query = {"after": after, "limit": limit}
        told: dict[str, Any] = self.client.get("/v1/events", params=query).json()
        return told

    def types(self, transaction_id: str) -> list[str]:
        """The events of one record, in order."""
        events = self.events()["events"]
        return [e["type"] for e in events if e["transaction_id"] == transaction_id]

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with psycopg.connect(self.database_url, options="-c search_path=register") as connection:
            return connection.execute(statement.encode(), values).fetchall()


@contextmanager
def running_sandbox(database_url: str, **values: Any) -> Iterator[Sandbox]:
    """A sandbox register over this database."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    known: dict[str, Any] = {
        "database_url": database_url,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "sandbox_token": OPERATOR,
        "webhook_secret": WEBHOOK_SECRET,
        "base_url": base,
    }
    with serving(create_app(SandboxConfig(**(known | values))), port):
        sandbox = Sandbox(base, database_url)
        yield sandbox
        if "client" in vars(sandbox):
            sandbox.client.close()


def birth(**changes: Any) -> dict[str, Any]:
    """The declaration of an invented child's birth; `values` are laid over its own."""
    values: dict[str, Any] = {
        "declarant_capacity": "father",
        "birth_date": "2025-10-12",
        "birth_commune": MAARIF,
        "birth_place_kind": "hospital",
        "child_sex": "female",
        "child_given_name_ar": "سلمى",
        "child_given_name_latin": "Salma",
        "child_family_name_ar": "بناني",
        "child_family_name_latin": "Bennani",
        "father_known": True,
        "father_given_name_ar": "يوسف",
        "father_family_name_ar": "بناني",
        "mother_given_name_ar": "هند",
        "mother_family_name_ar": "التازي",
        "mother_cnie": {"kind": "cnie", "number": "BK123456", "country": "MA"},
    }
    body = {
        "reference": new_reference(1),
        "kind": "declare_birth",
        "values": values | changes.pop("values", {}),
        "missing": ["birth_time"],
        "last_day": "2099-12-31",
        "version": 1,
        "language": "ar",
        "papers": [{"kind": "birth_notice", "brought": True}],
    }
    return body | changes


def event(kind: str, **values: Any) -> dict[str, Any]:
    """A declaration of another kind with these values."""
    return birth() | {"reference": new_reference(DIGITS[kind]), "kind": kind, "values": values}
