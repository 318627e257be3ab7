"""The page on a bad line: no network, a gateway that is killed, no sockets, two tabs, nobody there.
Nothing is lost, nothing is doubled, nothing is left for others to read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from bot.answers.result import Language
from tests.support.journeys import BIRTHS, Birth, finish_telling, tell
from tests.support.page import CitizenPage, citizen
from tests.support.stack import Service

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.database]
LANGUAGES: tuple[Language, ...] = ("ar", "fr")
both = pytest.mark.parametrize("lang", LANGUAGES)
GATEWAY_MS = 45_000
IDLE = "31:00"
SOCKET = "**/chat?after=*"


@pytest.fixture
def page(chromium: Browser, service: Service, lang: Language) -> Iterator[CitizenPage]:
    """The open page of someone new."""
    with citizen(chromium, service.gateway.settings.base_url, lang) as opened:
        yield opened.open(lang)


@pytest.fixture
def birth(lang: Language) -> Birth:
    """What they tell."""
    return BIRTHS[lang]


def came_once(page: CitizenPage, *texts: str) -> None:
    """Each was said and answered once, in this order, and a reload shows the same."""
    shown = page.transcript()
    said = [text for text in page.said.locator("p").all_inner_texts() if text in texts]
    assert said == list(texts)
    page.page.reload()
    page.answered()
    assert page.transcript() == shown


@both
def test_without_network_messages_wait(page: CitizenPage, birth: Birth) -> None:
    tell(page, birth)
    page.page.context.set_offline(True)
    expect(page.page.get_by_text(page.words("web.offline"))).to_be_visible()
    page.type(birth.father)
    page.type(birth.mother)
    expect(page.waiting).to_have_count(2)
    page.page.context.set_offline(False)
    page.answered()
    expect(page.page.get_by_text(page.words("web.offline"))).to_be_hidden()
    came_once(page, birth.father, birth.mother)
    page.hears("CNIE" if page.lang == "fr" else "بطاقتك")


@both
def test_what_waits_survives_a_reload(page: CitizenPage, birth: Birth) -> None:
    tell(page, birth)
    page.page.context.set_offline(True)
    page.type(birth.father)
    page.type(birth.mother)
    expect(page.waiting).to_have_count(2)
    # The page is loaded again before its line is back: it begins anew with what was kept.
    page.page.route("**/chat/**", lambda route: route.abort())
    page.page.route_web_socket(SOCKET, lambda socket: socket.close())
    page.page.context.set_offline(False)
    page.page.reload()
    page.page.unroute_all()
    page.answered()
    came_once(page, birth.father, birth.mother)


def test_a_gateway_that_is_killed_and_comes_back(chromium: Browser, service: Service) -> None:
    birth = BIRTHS["ar"]
    with citizen(chromium, service.gateway.settings.base_url) as page:
        tell(page.open(), birth)
        service.processes.kill()
        page.type(birth.father)
        page.type(birth.mother)
        expect(page.waiting).to_have_count(2)
        expect(page.page.get_by_text(page.words("web.offline"))).to_be_visible()
        service.processes.start()
        expect(page.waiting).to_have_count(0, timeout=GATEWAY_MS)
        page.answered()
        came_once(page, birth.father, birth.mother)
        page.hears("بطاقتك")


@both
def test_where_no_socket_gets_through(chromium: Browser, service: Service, lang: Language) -> None:
    sockets: list[str] = []

    def refuse(socket: WebSocketRoute) -> None:
        sockets.append(socket.url)
        socket.close()

    with citizen(chromium, service.gateway.settings.base_url, lang) as page:
        page.page.route_web_socket(SOCKET, refuse)
        tell(page.open(lang), BIRTHS[lang])
        finish_telling(page, BIRTHS[lang])
        page.tap("do:submit")
        reference = page.reference()
        page.page.reload()
        assert page.reference() == reference
    assert sockets


@both
def test_two_tabs_show_the_same(page: CitizenPage, birth: Birth) -> None:
    tell(page, birth)
    other = CitizenPage(page.page.context.new_page(), page.base).open(page.lang)
    other.answered()
    assert other.transcript() == page.transcript()
    page.say(birth.father)
    expect(other.said.last).to_contain_text(birth.father)
    other.answered()
    assert other.transcript() == page.transcript()
    assert other.progress() == page.progress()
    other.say(birth.mother)
    expect(page.said.last).to_contain_text(birth.mother)
    page.answered()
    assert page.transcript() == other.transcript()
    other.command("web.end")
    other.button("web.end.yes").click()
    expect(page.page.get_by_text(page.words("web.ended.closed"))).to_be_visible()
    assert birth.father not in page.page.content()
    assert (other.problems, other.foreign) == ([], [])


@both
def test_a_screen_that_nobody_uses_is_wiped(
    chromium: Browser, service: Service, lang: Language
) -> None:
    birth = BIRTHS[lang]
    with citizen(chromium, service.gateway.settings.base_url, lang) as page:
        page.page.clock.install()
        tell(page.open(lang), birth)
        page.page.clock.fast_forward("28:30")
        expect(page.page.get_by_text(page.words("web.still")).first).to_be_visible()
        page.button("web.still.here").click()
        expect(page.button("web.still.here")).to_be_hidden()
        assert birth.child in page.page.content()
        page.page.clock.fast_forward(IDLE)
        expect(page.page.get_by_text(page.words("web.ended.idle"))).to_be_visible()
        assert not [word for word in (birth.first, *birth.told) if word in left(page)]
        # The service's own clock, half an hour later.
        service.gateway.execute(
            "update web_session set last_active_at = last_active_at - interval '31 minutes'"
        )
        page.button("web.ended.begin").click()
        expect(page.button("web.welcome.birth")).to_be_visible()
        page.page.reload()
        expect(page.button("web.welcome.birth")).to_be_visible()
        assert page.said.count() == 0
        assert not [word for word in (birth.first, *birth.told) if word in left(page)]


def left(page: CitizenPage) -> str:
    """All that somebody else could find in the page and in what it keeps."""
    return str(
        page.page.evaluate(
            "() => document.documentElement.outerHTML.replace(/<script[^]*?<\\/script>/g, '')"
            " + JSON.stringify(sessionStorage) + JSON.stringify(localStorage) + document.cookie"
        )
    )
