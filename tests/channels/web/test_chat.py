"""A page's line with the gateway, by the wire: what goes well, and beside it what is refused."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from channels.web.frames import LARGEST_FRAME, LONGEST_TEXT
from channels.web.hub import LISTENERS_OF_CLIENT, LISTENERS_OF_SESSION
from channels.web.limiting import SESSIONS
from channels.web.routes import LATE_SECONDS
from tests.support.gateway import Gateway
from tests.support.web_page import Page, replies, saids

pytestmark = pytest.mark.database


@pytest.fixture
def page(gateway: Gateway) -> Page:
    """A browser nobody has used yet."""
    return Page(gateway.settings)


def newest_session(gateway: Gateway) -> str:
    """The id of the session that was opened last."""
    return str(gateway.rows("select id from web_session order by id desc limit 1")[0][0])


async def test_a_new_session_has_a_cookie_no_script_can_read(page: Page) -> None:
    answer = await page.post("/chat/session", {"lang": "ar"})
    hello = answer.json()
    assert (hello["type"], hello["entries"], hello["last"]) == ("hello", [], 0)
    assert hello["panel"]["language"] == "ar"
    assert (hello["trial"], hello["idle_seconds"]) == (True, 1800)
    assert hello["limits"] == {"text": LONGEST_TEXT}
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith("hala_session=")
    assert "; Path=/; HttpOnly; SameSite=Lax" in cookie
    assert "Secure" not in cookie  # plain http on loopback
    assert answer.headers["cache-control"] == "no-store"


async def test_no_token_is_stored_and_no_address(gateway: Gateway, page: Page) -> None:
    await page.begin()
    [token] = page.cookies.values()
    held = gateway.rows("select web_session::text from web_session")
    assert len(token) == 43
    assert not [row for row in held if token in row[0] or "127.0.0.1" in row[0]]


async def test_a_message_is_stored_then_answered_then_the_panel_follows(page: Page) -> None:
    await page.begin()
    async with page.socket() as socket:
        assert socket.hello["entries"] == []
        frames = await socket.say("salam", "first-1")
    assert [frame["type"] for frame in frames] == ["stored", "reply", "panel"]
    assert frames[0]["id"] == "first-1"
    reply = frames[1]
    assert (reply["seq"], reply["re"], reply["text"]) == (1, "first-1", "1:salam:-")
    assert reply["choices"] == [{"id": "do:next", "label": "fr"}]
    assert (reply["kind"], reply["card"]) == ("question", None)
    assert reply["at"].endswith("Z")


async def test_a_choice_is_taken_as_one(page: Page, gateway: Gateway) -> None:
    await page.begin()
    async with page.socket() as socket:
        await socket.say("", choice="do:next")
    [entry, reply] = (await page.begin())["entries"]
    assert (entry["text"], entry["choice"], reply["type"]) == ("", "do:next", "reply")


async def test_a_message_that_needs_understanding_comes_when_it_is_there(page: Page) -> None:
    await page.begin()
    async with page.socket() as socket:
        frames = await socket.say("read this")
        assert [frame["type"] for frame in frames] == ["stored", "reply", "panel"]
        assert replies(frames) == [(1, "1:read this:-")]
        assert replies(await socket.say("twice")) == [(2, "2:twice:-"), (3, "2:twice:-")]


async def test_a_reload_shows_everything_in_order(page: Page) -> None:
    await page.begin()
    async with page.socket() as socket:
        await socket.say("one")
        await socket.say("twice")
    entries = (await page.begin())["entries"]
    assert [entry.get("text") for entry in entries] == [
        "one", "1:one:-", "twice", "2:twice:-", "2:twice:-",
    ]  # fmt: skip
    async with page.socket(after=0) as socket:
        assert socket.hello["entries"] == entries
        assert socket.hello["last"] == 3


async def test_a_line_taken_up_again_gets_what_follows_the_last_number(page: Page) -> None:
    await page.begin()
    async with page.socket() as socket:
        await socket.say("one")
        await socket.say("two")
    await page.say("meanwhile")
    async with page.socket(after=2) as socket:
        assert replies(socket.hello["entries"]) == [(3, "3:meanwhile:-")]
        assert saids(socket.hello["entries"]) == ["meanwhile"]
    async with page.socket(after=3) as socket:
        assert socket.hello["entries"] == []
    async with page.socket(after=999) as socket:  # a number of another conversation
        assert len(replies(socket.hello["entries"])) == 3


async def test_the_same_id_twice_is_one_message(page: Page, gateway: Gateway) -> None:
    await page.begin()
    message_id = str(uuid4())
    async with page.socket() as socket:
        assert replies(await socket.say("once", message_id)) == [(1, "1:once:-")]
        again = await socket.say("once", message_id)
        assert [frame["type"] for frame in again] == ["stored", "panel"]
    async with page.socket(after=0) as socket:
        assert replies(socket.hello["entries"]) == [(1, "1:once:-")]
        assert replies(await socket.say("next")) == [(2, "2:next:-")]
    polled = (await page.say("once", message_id)).json()
    assert replies(polled["entries"]) == [(1, "1:once:-")]


async def test_the_same_id_over_two_sockets_at_once_is_one_message(page: Page) -> None:
    await page.begin()
    async with page.socket() as one, page.socket() as other:
        for message_id in (str(uuid4()) for _ in range(5)):
            both = await asyncio.gather(
                one.say("salam", message_id), other.say("salam", message_id)
            )
            assert all(frame["type"] != "refused" for frames in both for frame in frames)
    entries = (await page.begin())["entries"]
    assert [seq for seq, _ in replies(entries)] == [1, 2, 3, 4, 5]
    assert saids(entries) == ["salam"] * 5


async def test_two_tabs_show_the_same(page: Page) -> None:
    await page.begin()
    async with page.socket() as one, page.socket() as other:
        for text in ("a", "read b", "twice c"):
            mine = [f for f in await one.say(text) if f["type"] == "reply"]
            theirs = await other.until("reply")
            theirs += [await other.next("reply") for _ in mine[1:]]
            assert [f for f in theirs if f["type"] == "reply"] == mine
            assert saids(theirs) == [text]


async def test_polling_says_the_same_as_the_socket(page: Page) -> None:
    await page.begin()
    said = await page.say("salam", "polled-1")
    assert said.status_code == 200
    polled = await page.get("/chat/messages?after=0")
    async with page.socket() as socket:
        assert polled.json()["entries"] == socket.hello["entries"]
        assert polled.json()["panel"] == socket.hello["panel"] == said.json()["panel"]
    [entry] = said.json()["entries"]
    assert entry | {"at": ""} == polled.json()["entries"][1] | {"at": ""}


async def test_a_poll_waits_for_news_and_no_longer(page: Page) -> None:
    await page.begin()
    waiting = asyncio.create_task(page.get("/chat/messages?after=0&wait=20"))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await page.say("salam")
    answer = await asyncio.wait_for(waiting, 3)
    assert replies(answer.json()["entries"]) == [(1, "1:salam:-")]
    nothing = await asyncio.wait_for(page.get("/chat/messages?after=1&wait=1"), 3)
    assert nothing.json()["entries"] == []


async def test_a_notice_without_a_question_comes_too(page: Page, gateway: Gateway) -> None:
    await page.begin()
    async with page.socket() as socket:
        await socket.say("salam")
        [(seq, body)] = gateway.rows("select seq, body_enc from outbox order by id desc limit 1")
        # The same sealed words under a number of their own: only its own row could open them.
        assert (seq, bool(body)) == (1, True)
        gateway.execute("update outbox set inbox_id = null, seq = 2 where seq = 1 and id = ("
                        "select id from outbox order by id desc limit 1)")  # fmt: skip
        gateway.execute(
            "update conversation set last_outbound_seq = 2 where id = ("
            "select conversation_id from outbox order by id desc limit 1)"
        )
        reply = await socket.next("reply")
    assert (reply["seq"], reply["re"]) == (2, None)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{not json", "bad_message"),
        ("[]", "bad_message"),
        ('{"type":"dance"}', "bad_message"),
        ({"type": "say", "text": "no id"}, "bad_message"),
        ({"type": "say", "id": "x" * 65, "text": "long id"}, "bad_message"),
        ({"type": "say", "id": "a:b", "text": "odd id"}, "bad_message"),
        ({"type": "say", "id": "a", "text": ["list"]}, "bad_message"),
        ({"type": "say", "id": "a", "text": ""}, "bad_message"),
        ({"type": "say", "id": "a", "text": "x" * (LONGEST_TEXT + 1)}, "too_long"),
        ({"type": "say", "id": "a", "choice": "c" * 201}, "bad_message"),
        ('{"type":"say","id":"a","text":"\\ud800"}', "bad_message"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_a_sentence(
    page: Page, frame: object, code: str
) -> None:
    await page.begin("ar")
    async with page.socket() as socket:
        await socket.send(frame)
        refused = await socket.next()
        assert (refused["type"], refused["code"]) == ("refused", code)
        assert "الرسالة" in refused["message"]
        # The line stays open, and the longest text is taken.
        assert replies(await socket.say("x" * LONGEST_TEXT))
        await socket.send({"type": "ping"})
        assert await socket.next() == {"type": "pong"}
    raw = frame.encode() if isinstance(frame, str) else json.dumps(frame).encode()
    polled = await page.post("/chat/messages", raw)
    if "dance" not in str(frame):
        assert polled.status_code in (400, 413)
        assert polled.json()["code"] == f"web.{code}"
        assert "الرسالة" in polled.json()["message"]


@pytest.mark.parametrize(("size", "code"), [(LARGEST_FRAME + 1, 4413), (1_000_000, 1009)])
async def test_a_frame_too_large_ends_the_line(page: Page, size: int, code: int) -> None:
    await page.begin()
    async with page.socket() as socket:
        await socket.send("x" * size)
        assert await socket.closed() == code
    async with page.socket() as socket:
        assert replies(await socket.say("still there"))


async def test_a_body_of_a_megabyte_is_refused(page: Page) -> None:
    await page.begin()
    assert (await page.post("/chat/messages", b"x" * 1_000_000)).status_code == 413


async def test_a_flood_is_refused_with_a_sentence_and_stores_no_more(
    page: Page, gateway: Gateway
) -> None:
    await page.begin()
    async with page.socket() as socket:
        for number in range(20):
            assert replies(await socket.say(f"m{number}"))
        [refused] = await socket.say("one too many")
        assert (refused["type"], refused["code"]) == ("refused", "too_fast")
        assert "trop vite" in refused["message"]
    polled = await page.say("by another way")
    assert (polled.status_code, polled.json()["code"]) == (429, "web.too_fast")
    assert len(replies((await page.begin())["entries"])) == 20


async def test_a_socket_that_never_stops_is_closed(page: Page) -> None:
    await page.begin()
    async with page.socket() as socket:
        for _ in range(80):
            await socket.send({"type": "ping"})
        assert await socket.closed() == 4429


async def test_a_session_has_five_sockets_at_most(page: Page, gateway: Gateway) -> None:
    await page.begin()
    async with page.socket(), page.socket(), page.socket(), page.socket():
        async with page.socket():
            assert await page.close_code() == 4429
            assert (await page.get("/chat/messages")).status_code == 429
            assert "hala_web_sockets 5.0" in gateway.get("/metrics").text
        await asyncio.sleep(0.2)
        async with page.socket() as again:
            assert again.hello["type"] == "hello"


async def test_a_foreign_page_is_refused(page: Page, gateway: Gateway) -> None:
    await page.begin()
    for origin in ("https://evil.example", "null", f"{gateway.settings.base_url}.evil.example", ""):
        foreign = Page(gateway.settings, origin, page.cookies)
        for path in ("/chat/session", "/chat/messages", "/chat/end"):
            answer = await foreign.post(path, {"id": "a", "text": "b"})
            assert (answer.status_code, answer.json()["code"]) == (403, "web.foreign_origin")
            assert answer.json()["message"]
        if origin:
            assert await foreign.close_code() == 4403
    read = await page.get("/chat/messages", Sec_Fetch_Site="cross-site")
    assert read.status_code == 403
    assert (await page.get("/chat/messages", Sec_Fetch_Site="same-origin")).status_code == 200
    assert (await page.begin())["entries"] == []


async def test_without_a_session_nothing_is_said_or_shown(gateway: Gateway) -> None:
    for cookies in ({}, {"hala_session": "A" * 43}, {"hala_session": "x" * 5000}):
        nobody = Page(gateway.settings, cookies=dict(cookies))
        assert await nobody.close_code() == 4401
        for answer in (await nobody.get("/chat/messages"), await nobody.say("salam")):
            assert (answer.status_code, answer.json()["code"]) == (401, "web.no_session")
            assert answer.json()["message"]


async def test_nobody_reads_anybody_else(page: Page, gateway: Gateway) -> None:
    await page.begin()
    await page.say("my secret")
    session_id = newest_session(gateway)
    other = Page(gateway.settings, cookies={"hala_session": session_id})
    assert await other.close_code() == 4401  # the id of a session is not its token
    assert (await other.begin())["entries"] == []
    assert other.cookies["hala_session"] != session_id
    async with other.socket() as socket:
        assert replies(await socket.say("salam")) == [(1, "1:salam:-")]


async def test_an_ended_session_is_over_everywhere(page: Page) -> None:
    await page.begin()
    kept = dict(page.cookies)
    async with page.socket() as socket:
        await socket.say("salam")
        ended = await page.post("/chat/end", {"erase": False})
        assert ended.status_code == 204
        assert page.cookies == {"hala_session": ""}
        assert "Max-Age=0" in ended.headers["set-cookie"]
        assert await socket.next("ended") == {"type": "ended", "reason": "closed"}
        assert await socket.closed() == 4401
    old = Page(page.settings, cookies=dict(kept))
    assert await old.close_code() == 4401
    assert (await old.say("salam")).status_code == 401
    assert (await old.begin())["entries"] == []
    assert old.cookies != kept
    nobody = Page(page.settings)
    assert (await nobody.post("/chat/end", {"erase": True})).status_code == 401
    assert (await nobody.post("/chat/end")).status_code == 204


async def test_what_was_on_its_way_is_erased_too(page: Page, gateway: Gateway) -> None:
    await page.begin()
    await page.say("salam")
    session_id = newest_session(gateway)
    late = Page(gateway.settings, cookies=dict(page.cookies))
    ended, *_ = await asyncio.gather(
        page.post("/chat/end", {"erase": True}),
        *(late.say(f"read late {number}") for number in range(8)),
    )
    assert ended.status_code == 204
    await asyncio.sleep(LATE_SECONDS + 1)
    for table in ("inbox", "outbox"):
        of_it = "join inbox i on i.id = t.inbox_id" if table == "outbox" else ""
        kept = gateway.rows(
            f"select count(*) from {table} t {of_it} where t.body_enc is not null"  # noqa: S608
            f" and {'i' if of_it else 't'}.provider_id like %s",
            f"{session_id}:%",
        )
        assert kept == [(0,)]


async def test_an_erased_session_leaves_nothing_readable(page: Page, gateway: Gateway) -> None:
    await page.begin()
    await page.say("draft Zineb")
    session_id = newest_session(gateway)
    assert (await page.post("/chat/end", {"erase": True})).status_code == 204
    [(conversation, state, draft)] = gateway.rows(
        "select c.id, c.state_enc, c.draft_id from conversation c join inbox i"
        " on i.conversation_id = c.id where i.provider_id like %s",
        f"{session_id}:%",
    )
    assert (state, draft) == (None, None)
    for table in ("inbox", "outbox"):
        kept = gateway.rows(
            f"select count(*) from {table} where conversation_id = %s"  # noqa: S608
            " and body_enc is not null",
            conversation,
        )
        assert kept == [(0,)]


async def test_someone_else_sees_nothing_after_a_silence(page: Page, gateway: Gateway) -> None:
    await page.begin()
    async with page.socket() as socket:
        await socket.say("draft my secret")
        await silence(gateway)
        assert await socket.next("ended") == {"type": "ended", "reason": "idle"}
        assert await socket.closed() == 4408
    assert await page.close_code() == 4408
    for answer in (await page.get("/chat/messages"), await page.say("salam")):
        assert (answer.status_code, answer.json()["code"]) == (401, "web.idle")
    hello = await page.begin()
    assert (hello["entries"], hello["last"], hello["panel"]["at"]) == ([], 1, "")
    async with page.socket(after=0) as socket:
        assert socket.hello["entries"] == []
        assert replies(await socket.say("salam")) == [(2, "2:salam:-")]
    entries = (await page.begin())["entries"]
    assert (saids(entries), replies(entries)) == (["salam"], [(2, "2:salam:-")])


async def test_who_writes_is_not_idle(page: Page, gateway: Gateway) -> None:
    await page.begin()
    async with page.socket() as socket:
        await socket.say("salam")
        await silence(gateway, minutes=29)
        await asyncio.sleep(6)  # longer than the database goes unasked
        assert replies(await socket.say("here")) == [(2, "2:here:-")]
    assert len((await page.begin())["entries"]) == 4


async def silence(gateway: Gateway, minutes: int = 31) -> None:
    """As if the newest session had been silent for so long."""
    gateway.execute(
        "update web_session set last_active_at = last_active_at - make_interval(mins => %s)"
        " where id = %s",
        minutes,
        newest_session(gateway),
    )


async def test_new_sessions_of_one_address_are_limited(gateway: Gateway) -> None:
    answers = []
    for _ in range(SESSIONS.amount + 1):
        browser = Page(gateway.settings, address="127.0.0.1")
        answers.append(await browser.post("/chat/session", {"lang": "fr"}))
    assert [answer.status_code for answer in answers] == [200] * SESSIONS.amount + [429]
    assert answers[-1].json()["code"] == "web.too_many"
    assert "Set-Cookie" not in answers[-1].headers
    assert (await Page(gateway.settings).begin())["type"] == "hello"


async def test_open_sockets_of_one_address_are_limited(gateway: Gateway) -> None:
    address = "127.255.0.1"
    full = LISTENERS_OF_CLIENT // LISTENERS_OF_SESSION
    browsers = [Page(gateway.settings, address=address) for _ in range(full + 1)]
    for browser in browsers:
        await browser.begin()
    async with AsyncExitStack() as stack:
        for browser in browsers[:full]:
            for _ in range(LISTENERS_OF_SESSION):
                await stack.enter_async_context(browser.socket())
        assert await browsers[full].close_code() == 4429
        elsewhere = Page(gateway.settings, cookies=browsers[full].cookies)
        async with elsewhere.socket() as socket:
            assert socket.hello["type"] == "hello"


async def test_what_turns_writing_round_is_taken_out(page: Page) -> None:
    await page.begin()
    async with page.socket() as socket:
        said = "a\u202eb\u2067c\x00d\u200de <img src=x onerror=alert(1)>"
        [(_, text)] = replies(await socket.say(said))
        assert text == "1:abcd\u200de <img src=x onerror=alert(1)>:-"
        [refused] = await socket.say("\u202e\u2066")
        assert refused["code"] == "bad_message"
        [refused] = await socket.say("", choice="answer:child_name=\u202e\x00")
        assert refused["code"] == "bad_message"
