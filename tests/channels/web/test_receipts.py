"""The form by its link, over the running gateway: fetched, of the record as it stands, until it
ends; and one answer to everything that opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from actions.core import real_core
from channels.web.receipts import FETCHES
from integrations.local.services import Endpoints
from tests.dialogue.births import FRENCH
from tests.support import papers
from tests.support.declaring import CONTACT
from tests.support.gateway import Gateway, gateway_settings, running_gateway
from tests.support.receipts import text_of
from tests.support.services import service_folder
from tests.support.web_page import Page

pytestmark = pytest.mark.database
DAY = "2025-11-21T10:00"
LAST_DAY_AND_SEVEN = "2025-12-24T10:00"
TOO_LATE = "2025-12-25T10:00"


@pytest.fixture(scope="module")
def gateway(services: Endpoints, database_url: str) -> Iterator[Gateway]:
    """A gateway with the core that citizens meet, on the day of the tests' births."""
    with service_folder() as folder:
        settings = gateway_settings(folder, services, database_url, clock=DAY)
        with running_gateway(settings, database_url, real_core()) as running:
            yield running


class Parent(Page):
    """A page on which a birth is declared."""

    card: dict[str, Any]

    async def choose(self, choice: str) -> dict[str, Any]:
        sent = {"id": str(uuid4()), "text": "", "choice": choice}
        answer = await self.post("/chat/messages", sent)
        assert answer.status_code == 200, answer.text
        cards = [e["card"] for e in answer.json()["entries"] if e.get("card")]
        return dict(cards[0]) if cards else {}

    async def send(self) -> str:
        """Declare, and send; the path of the form."""
        await self.begin("fr")
        for choice in ("do:start_declare_birth", "do:consent_yes"):
            await self.choose(choice)
        for typed in (*FRENCH.values(), CONTACT):
            await self.say(typed)
        self.card = await self.choose("do:submit")
        base = self.settings.base_url
        assert self.card["receipt"].startswith(f"{base}/receipts/")
        return str(self.card["receipt"].removeprefix(base))

    async def fetch(self, path: str) -> httpx.Response:
        """As somebody without the session's cookie would."""
        return await Page(self.settings, address=self.address).get(path)


@pytest.fixture
def page(gateway: Gateway) -> Parent:
    return Parent(gateway.settings)


def changed(gateway: Gateway, change: str, reference: str) -> None:
    """Change a record behind everybody's back, as the register's events do."""
    with psycopg.connect(gateway.database_url.replace("+psycopg", "")) as connection:
        statement = f"update pre_declaration set {change} where reference = %s"  # noqa: S608
        done = connection.execute(statement.encode(), (reference,))
        assert done.rowcount == 1


def is_missing(answer: httpx.Response) -> bool:
    """Whether it is the page for everything that opens nothing."""
    assert answer.headers["cache-control"] == "private, no-store"
    is_page = answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.status_code == 404 and is_page and "لم يعد هذا الوصل متوفرا" in answer.text


async def test_the_form_comes_by_its_link(page: Parent) -> None:
    path = await page.send()
    assert re.fullmatch(r"/receipts/[A-Za-z0-9_-]{43}\.pdf", path)
    answer = await page.fetch(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    reference = page.card["reference"]
    shown = f'inline; filename="hala-{reference[-4:]}.pdf"'
    assert answer.headers["content-disposition"] == shown
    text = text_of(answer.content)
    assert "Ilyas" in text
    assert "AD234511" in text
    assert "mercredi 17 décembre 2025" in text


async def test_it_shows_the_record_as_it_stands_now(page: Parent) -> None:
    path = await page.send()
    assert "copie jointe" not in text_of((await page.fetch(path)).content)
    await page.post("/chat/papers/identity", papers.picture(size=(32, 32)), X_File_Name="cin.jpg")
    await page.choose("edit:child_name")
    await page.say("Younes")
    text = text_of((await page.fetch(path)).content)
    assert "copie jointe" in text
    assert "Younes" in text
    assert "Ilyas" not in text


async def test_it_is_told_again_on_the_page_and_is_the_same(page: Parent) -> None:
    path = await page.send()
    again = await page.choose("do:receipt")
    assert again["receipt"].endswith(path)


@pytest.mark.parametrize(
    "path",
    [
        f"/receipts/{'A' * 43}.pdf",
        "/receipts/short.pdf",
        f"/receipts/{'A' * 4000}.pdf",
        "/receipts/%00%00.pdf",
        f"/receipts/{'é' * 43}.pdf",
    ],
    ids=["unknown", "short", "long", "not text", "other letters"],
)
async def test_a_token_that_was_never_given_opens_nothing(page: Parent, path: str) -> None:
    assert is_missing(await page.fetch(path))


@pytest.mark.parametrize(
    "change",
    [
        "status = 'rejected'",
        "status = 'withdrawn'",
        "status = 'expired'",
        "withdraw_asked_at = now()",
        "body_enc = null",
    ],
)
async def test_a_record_that_stands_no_more_has_no_form(
    gateway: Gateway, page: Parent, change: str
) -> None:
    path = await page.send()
    changed(gateway, change, page.card["reference"])
    assert is_missing(await page.fetch(path))
    assert await page.choose("do:receipt") == {}


@pytest.mark.parametrize("status", ["received", "opened", "correction_asked", "registered"])
async def test_one_that_an_officer_has_still_has_it(
    gateway: Gateway, page: Parent, status: str
) -> None:
    path = await page.send()
    changed(gateway, f"status = '{status}'", page.card["reference"])
    assert (await page.fetch(path)).status_code == 200


async def test_who_is_forgotten_leaves_no_link(page: Parent) -> None:
    path = await page.send()
    answer = await page.post("/chat/end", {"erase": True})
    assert answer.status_code == 204
    assert is_missing(await page.fetch(path))


async def test_it_ends_a_week_after_the_last_day(
    gateway: Gateway, services: Endpoints, page: Parent
) -> None:
    path = await page.send()
    for clock, is_there in ((LAST_DAY_AND_SEVEN, True), (TOO_LATE, False)):
        values = {"clock": clock, "keys_file": gateway.settings.keys_path}
        with service_folder() as folder:
            settings = gateway_settings(folder, services, gateway.database_url, **values)
            with running_gateway(settings, gateway.database_url, real_core()) as later:
                answer = await Page(later.settings).get(path)
        assert (answer.status_code == 200) is is_there
        assert is_there or is_missing(answer)


async def test_guessing_is_slowed_down(page: Parent) -> None:
    guesser = Page(page.settings)
    for _ in range(FETCHES.amount + 1):
        answer = await guesser.get(f"/receipts/{uuid4().hex:A<43}.pdf")
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert answer.json()["message"]


async def test_no_token_is_counted_or_told(page: Parent) -> None:
    path = await page.send()
    await page.fetch(path)
    metrics = (await page.get("/metrics")).text
    assert "/receipts/{token}.pdf" in metrics
    assert path not in metrics
