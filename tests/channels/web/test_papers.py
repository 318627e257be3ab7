"""Papers from the page, by the wire: attached, shown, taken away; and all that is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import psycopg
import pytest

from actions.core import real_core
from channels.web.papers import FILES_AT_ONCE, FILES_OF_CLIENT
from integrations.documents.scrubbing import LARGEST_FILE
from integrations.local.services import Endpoints
from tests.dialogue.births import FRENCH
from tests.support import papers
from tests.support.declaring import CONTACT
from tests.support.gateway import Gateway, gateway_settings, running_gateway
from tests.support.services import service_folder
from tests.support.web_page import Page

pytestmark = pytest.mark.database
PHOTO = papers.picture(size=(64, 48))
NAME = "بطاقة Canari.jpg"


@pytest.fixture(scope="module")
def gateway(services: Endpoints, database_url: str) -> Iterator[Gateway]:
    """A gateway with the core that citizens meet, on the day of the tests' births."""
    with service_folder() as folder:
        clock = "2025-11-21T10:00"
        settings = gateway_settings(folder, services, database_url, clock=clock)
        with running_gateway(settings, database_url, real_core()) as running:
            yield running


class Browser(Page):
    """A page with the list of papers."""

    async def choose(self, choice: str) -> None:
        answer = await self.post(
            "/chat/messages", {"id": str(uuid4()), "text": "", "choice": choice}
        )
        assert answer.status_code == 200, answer.text

    async def declare(self, lang: str = "fr") -> None:
        """A declaration under way, the notice agreed to."""
        await self.begin(lang)
        for choice in ("do:start_declare_birth", "do:consent_yes"):
            await self.choose(choice)

    async def send(self) -> None:
        """And sent."""
        await self.declare()
        for typed in (*FRENCH.values(), CONTACT):
            await self.say(typed)
        await self.choose("do:submit")

    async def attach(
        self, content: bytes, kind: str = "identity", name: str = NAME, **headers: str
    ) -> httpx.Response:
        return await self.post(f"/chat/papers/{kind}", content, X_File_Name=quote(name), **headers)

    async def remove(self, attachment_id: str) -> httpx.Response:
        return await self._request("DELETE", f"/chat/papers/{attachment_id}", None, {})

    async def list(self) -> dict[str, Any]:
        answer = await self.get("/chat/papers")
        assert answer.status_code == 200, answer.text
        listed: dict[str, Any] = answer.json()
        return listed


@pytest.fixture
def page(gateway: Gateway) -> Browser:
    return Browser(gateway.settings)


def attached(listed: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for paper in listed["papers"] for each in paper["attached"]]


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which has a sentence too."""
    body = answer.json()
    assert set(body) == {"code", "message"}
    assert body["message"]
    return answer.status_code, body["code"].removeprefix("web.")


async def test_a_paper_is_attached_shown_and_taken_away(page: Browser) -> None:
    await page.send()
    before = await page.list()
    assert [paper["id"] for paper in before["papers"]] == [
        "birth_notice",
        "marriage_or_booklet",
        "identity",
    ]
    assert before["papers"][1]["label"] == "Acte de mariage ou livret de famille"
    assert before["limits"] == {"bytes": 5242880, "files": 10}
    answer = await page.attach(PHOTO, content_type="text/html")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == await page.list()
    [one] = answer.json()["papers"][2]["attached"]
    assert (one["name"], one["media_type"]) == (NAME, "image/jpeg")
    assert 0 < one["bytes"] < LARGEST_FILE
    assert attached((await page.remove(one["id"])).json()) == []
    assert told(await page.remove(one["id"])) == (404, "paper_gone")


async def test_the_labels_and_refusals_are_in_the_pages_language(page: Browser) -> None:
    await page.declare("ar")
    assert (await page.list())["papers"][2]["label"] == "البطاقة الوطنية"
    message = (await page.attach(papers.EXE)).json()["message"]
    assert message.startswith("هذا الملف ليس صورة")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        pytest.param(b"", 422, "paper_empty", id="nothing"),
        pytest.param(papers.EXE, 415, "paper_not_a_document", id="a program"),
        pytest.param(b"<script>1</script>", 415, "paper_not_a_document", id="a page"),
        pytest.param(b"\0\0\0\x18ftypheic", 415, "paper_unsupported_heic", id="an iPhone's"),
        pytest.param(papers.pdf(papers.script), 422, "paper_active_content", id="script"),
        pytest.param(papers.bomb(), 422, "paper_too_many_pixels", id="a bomb"),
        pytest.param(PHOTO[:300], 422, "paper_damaged", id="half a photo"),
        pytest.param(PHOTO + b"\0" * LARGEST_FILE, 413, "paper_too_large", id="too large"),
    ],
)
async def test_a_bad_file_is_refused_with_a_sentence(
    page: Browser, content: bytes, status: int, code: str
) -> None:
    await page.declare()
    assert told(await page.attach(content)) == (status, code)
    assert attached(await page.list()) == []


async def test_a_file_that_grows_without_end_is_cut_off(page: Browser) -> None:
    await page.declare()

    async def endless() -> Any:
        for _ in range(200):
            yield b"\xff\xd8\xff" + b"\0" * 65_000

    headers = {"Origin": page.settings.base_url, "Cookie": page._cookie_header()}
    async with httpx.AsyncClient(base_url=page.settings.base_url, timeout=30) as client:
        answer = await client.post("/chat/papers/identity", content=endless(), headers=headers)
    assert told(answer) == (413, "paper_too_large")


async def test_a_name_cannot_turn_the_words_about_it(page: Browser) -> None:
    await page.declare()
    await page.attach(PHOTO, name="photo\u202egpj.exe\u2066\n\x00" + "x" * 500)
    [one] = attached(await page.list())
    assert one["name"].startswith("photogpj.exexxx")
    assert len(one["name"]) == 100


@pytest.mark.parametrize(
    ("called", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Canari\\CIN.jpg", "CIN.jpg"),
        ("a/", ""),
        ("a\u2028b", "ab"),
    ],
)
async def test_a_name_is_no_path(page: Browser, called: str, kept: str) -> None:
    await page.declare()
    [one] = attached((await page.attach(PHOTO, name=called)).json())
    assert one["name"] == kept


async def test_someone_elses_session_reaches_nothing(page: Browser, gateway: Gateway) -> None:
    await page.declare()
    one = attached((await page.attach(PHOTO)).json())[0]["id"]
    nobody, stranger = Browser(gateway.settings), Browser(gateway.settings)
    for answer in (await nobody.get("/chat/papers"), await nobody.attach(PHOTO)):
        assert told(answer) == (401, "no_session")
    nobody.cookies["hala_session"] = "A" * 43
    assert told(await nobody.remove(one)) == (401, "no_session")
    await stranger.declare()
    assert attached(await stranger.list()) == []
    assert told(await stranger.remove(one)) == (404, "paper_gone")
    assert told(await stranger.remove("1 or 1=1")) == (404, "paper_gone")
    assert len(attached(await page.list())) == 1


async def test_a_foreign_page_can_neither_read_nor_write(page: Browser) -> None:
    await page.declare()
    one = attached((await page.attach(PHOTO)).json())[0]["id"]
    foreign = (403, "foreign_origin")
    assert told(await page.get("/chat/papers", Sec_Fetch_Site="cross-site")) == foreign
    page.origin = "https://commune.example"
    assert told(await page.attach(papers.pdf())) == foreign
    assert told(await page.remove(one)) == foreign
    page.origin = None
    assert len(attached(await page.list())) == 1


async def test_without_a_declaration_there_is_nothing_to_attach_to(page: Browser) -> None:
    await page.begin()
    assert told(await page.get("/chat/papers")) == (409, "paper_no_declaration")
    assert told(await page.attach(PHOTO)) == (409, "paper_no_declaration")


async def test_a_paper_nobody_asks_for_is_refused_before_it_is_read(page: Browser) -> None:
    await page.declare()
    assert told(await page.attach(b"", kind="passport")) == (404, "paper_unknown")


async def test_files_that_come_together_are_ten_at_most(page: Browser, gateway: Gateway) -> None:
    await page.declare()
    for n in range(11 - FILES_OF_CLIENT):
        assert (await page.attach(papers.picture(size=(60 + n, 30)))).status_code == 200
    sent = [page.attach(papers.picture(size=(30 + n, 30))) for n in range(FILES_OF_CLIENT)]
    answers = await asyncio.gather(*sent)
    taken = [200] * (FILES_OF_CLIENT - 1)
    assert sorted(answer.status_code for answer in answers) == [*taken, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert told(refused) == (409, "paper_too_many")
    assert len(attached(await page.list())) == 10


async def test_one_address_never_takes_all_the_room(gateway: Gateway) -> None:
    slow, quick = Browser(gateway.settings), Browser(gateway.settings)
    for page in (slow, quick):
        await page.declare()
    sent = [slow.attach(papers.picture(size=(30 + n, 30))) for n in range(FILES_OF_CLIENT + 2)]
    answers = await asyncio.gather(*sent, quick.attach(PHOTO))
    assert answers[-1].status_code == 200
    refused = [answer for answer in answers[:-1] if answer.status_code != 200]
    assert {told(answer) for answer in refused} == {(503, "paper_busy")}
    assert (await slow.attach(PHOTO)).status_code == 200


async def test_slow_senders_are_few(gateway: Gateway) -> None:
    pages = [Browser(gateway.settings) for _ in range(3)]
    for page in pages:
        await page.declare()
    released = asyncio.Event()

    async def slowly() -> Any:
        yield PHOTO[:100]
        await released.wait()
        yield PHOTO[100:]

    async def attach(page: Browser) -> httpx.Response:
        headers = {"Origin": page.settings.base_url, "Cookie": page._cookie_header()}
        url = f"{page.settings.base_url}/chat/papers/identity"
        transport = httpx.AsyncHTTPTransport(local_address=page.address)
        async with httpx.AsyncClient(transport=transport, timeout=60) as client:
            return await client.post(url, content=slowly(), headers=headers)

    waiting: list[asyncio.Task[httpx.Response]] = []
    answer = await pages[2].attach(PHOTO)
    # One more at a time: a try of ours may take the place of one that comes.
    while answer.status_code == 200 and len(waiting) < 2 * FILES_AT_ONCE:
        waiting.append(asyncio.create_task(attach(pages[len(waiting) % 2])))
        answer = await pages[2].attach(PHOTO)
    assert told(answer) == (503, "paper_busy")
    released.set()
    statuses = [answer.status_code for answer in await asyncio.gather(*waiting)]
    assert statuses.count(200) >= FILES_AT_ONCE
    assert set(statuses) <= {200, 503}
    assert (await pages[2].attach(PHOTO)).status_code == 200


async def test_finish_and_erase_leaves_nothing(page: Browser, gateway: Gateway) -> None:
    await page.declare()
    await page.attach(PHOTO, name="Canari-unique-5d")
    statement = """select count(content_enc), count(name_enc), count(content_index), count(*)
        from attachment where conversation_id = (select max(id::text)::uuid from conversation)"""
    assert gateway.rows(statement) == [(1, 1, 1, 1)]
    assert (await page.post("/chat/end", {"erase": True})).status_code == 204
    assert gateway.rows(statement) == [(0, 0, 0, 1)]
    assert told(await page.get("/chat/papers")) == (401, "no_session")


async def test_the_database_holds_nothing_readable(page: Browser, gateway: Gateway) -> None:
    await page.declare()
    await page.attach(papers.photo_with_place(), name="Canari-unique-7e")
    pdf = papers.pdf(papers.telling)
    await page.attach(pdf, name="Canari-unique-7e")
    copying = "copy attachment to stdout (format binary)"
    with (
        psycopg.connect(gateway.database_url) as connection,
        connection.cursor().copy(copying) as copied,
    ):
        held = b"".join(bytes(part) for part in copied)
    assert len(held) > 2000
    for readable in (b"Canari", b"\xff\xd8\xff\xe0", b"JFIF", b"%PDF", b"Quantization"):
        assert readable not in held
