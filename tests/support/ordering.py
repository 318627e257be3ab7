"""Orders of copies by post, as a client makes them and others take them further."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from integrations.platform.ids import new_reference
from tests.support.sandbox import Sandbox


@dataclass
class Ordered:
    """An order and how it was made."""

    sandbox: Sandbox
    transaction_id: str
    body: dict[str, Any]

    @property
    def reference(self) -> str:
        """The citizen's number."""
        return str(self.body["reference"])

    @property
    def status(self) -> str:
        """Where it stands."""
        path = f"/v1/copy-orders/{self.transaction_id}"
        return str(self.sandbox.client.get(path).json()["status"])

    def put(self, **changes: Any) -> httpx.Response:
        """Send it, or something like it, again."""
        path = f"/v1/copy-orders/{self.transaction_id}"
        return self.sandbox.client.put(path, json=self.body | changes)

    def link(self) -> httpx.Response:
        """Ask for the payment's link."""
        path = f"/v1/copy-orders/{self.transaction_id}/payments"
        return self.sandbox.client.post(path)

    def choose(self, choice: str, **query: str) -> httpx.Response:
        """A button of the bank's page, by whoever has the link."""
        url = self.link_url
        return httpx.post(url, data={"choice": choice}, params=query, trust_env=False)

    @property
    def link_url(self) -> str:
        """The page's address, asked for once."""
        if not hasattr(self, "_url"):
            self._url: str = self.link().json()["url"]
        return self._url

    def step(self, step: str, **said: Any) -> httpx.Response:
        """A step of an officer, or of the post."""
        return self.sandbox.step("copy-orders", self.reference, step, **said)


def act(sandbox: Sandbox) -> dict[str, Any]:
    """An invented act of somebody grown up."""
    statement = (
        "select office_id, year, number, given_name_ar, family_name_ar, birth_date::text from act"
        " join office on office.id = office_id and 'order_copies' = any(kinds)"
        " where kind = 'birth' and year between 1960 and 2000 order by random() limit 1"
    )
    names = ("office", "year", "number", "given", "family", "born")
    return dict(zip(names, sandbox.rows(statement)[0], strict=True))


def order_values(of: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The steps of an order of one's own act."""
    values = {
        "holder": "self",
        "requester_name": f"{of['given']} {of['family']}",
        "requester_cnie": {"kind": "cnie", "number": "AB123456", "country": "MA"},
        "registry_office": of["office"],
        "act_number": of["number"],
        "act_year": of["year"],
        "holder_given_name": of["given"],
        "holder_family_name": of["family"],
        "holder_birth_date": of["born"],
        "extract_count": 1,
        "full_copy_count": 1,
        "recipient_name": "Nadia Essai",
        "delivery_country": "MA",
        "delivery_address": "12, rue d'essai",
        "postal_code": "20000",
        "delivery_city": "Casablanca",
        "contact_phone": "+212600000001",
    }
    return values | changes


def quote(sandbox: Sandbox, values: dict[str, Any]) -> httpx.Response:
    """A quote for these steps."""
    wanted = {name: values[name] for name in ("extract_count", "full_copy_count")}
    wanted |= {"office": values["registry_office"], "delivery_country": values["delivery_country"]}
    return sandbox.client.post("/v1/quotes", json=wanted)


def order_body(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    """An order under a fresh quote; `changes` are laid over its values."""
    values = order_values(act(sandbox), **changes)
    return {
        "reference": new_reference(5),
        "language": "fr",
        "quote": quote(sandbox, order_values(act_of(values))).json()["id"],
        "terms_accepted": True,
        "values": values,
    }


def act_of(values: dict[str, Any]) -> dict[str, Any]:
    """Enough of an act to ask a quote of its office."""
    empty = dict.fromkeys(("given", "family", "number", "year", "born"), "")
    return empty | {"office": values["registry_office"]}


def ordered(sandbox: Sandbox, **changes: Any) -> Ordered:
    """An order that was taken."""
    made = Ordered(sandbox, str(uuid4()), order_body(sandbox, **changes))
    answer = made.put()
    assert answer.status_code == 201, answer.text
    return made
