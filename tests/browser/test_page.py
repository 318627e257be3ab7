"""The page itself: for every eye and hand, on every screen, in other sites, against tricks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bot.answers.result import Language
from tests.support.guest import Guest, running_guest
from tests.support.journeys import BIRTHS, finish_telling, tell, walk
from tests.support.page import CitizenPage, citizen, own_context, plain
from tests.support.stack import Service

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.database]
LANGUAGES: tuple[Language, ...] = ("ar", "fr")
both = pytest.mark.parametrize("lang", LANGUAGES)
TRICKS = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
    "javascript:alert(1) [x](javascript:alert(1)) &lt;b&gt; {{7*7}} ${7*7}",
    "admin\u202egnp.exe \u2067\u2066\u202d abc \u200f\u200e",
)


@pytest.fixture
def page(chromium: Browser, service: Service, lang: Language) -> Iterator[CitizenPage]:
    """The open page of someone new."""
    with citizen(chromium, service.gateway.settings.base_url, lang) as opened:
        yield opened.open(lang)


def faults(page: CitizenPage) -> list[tuple[str, str]]:
    """What axe finds, all of its rules."""
    found = Axe().run(page.page).response
    assert found["passes"]
    return [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]]


@both
def test_every_state_is_for_everybody_and_as_narrow_as_it_must_be(
    chromium: Browser, service: Service, lang: Language
) -> None:
    """axe at each stop, by day and by night; at 320 pixels, and at 640 twice as large."""
    with citizen(chromium, service.gateway.settings.base_url, lang, 320) as page:
        for name in walk(page.open(lang), BIRTHS[lang]):
            assert faults(page) == [], name
            page.page.emulate_media(color_scheme="dark")
            assert faults(page) == [], f"{name}, dark"
            page.page.emulate_media(color_scheme="light")
            assert not page.is_wider_than_the_screen(), name


@both
def test_twice_as_large_it_needs_no_scrolling_sideways(
    chromium: Browser, service: Service, lang: Language
) -> None:
    """What a zoom of 200 % makes of 640 pixels: half of them, each twice as large."""
    size = {"width": 320, "height": 422}
    base = service.gateway.settings.base_url
    with citizen(chromium, base, lang, viewport=size, device_scale_factor=2) as page:
        for name in walk(page.open(lang), BIRTHS[lang]):
            assert not page.is_wider_than_the_screen(), name
            expect(page.field).to_be_in_viewport()


@pytest.mark.parametrize("how", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_it_follows_what_the_system_asks_for(
    chromium: Browser, service: Service, how: dict[str, Any]
) -> None:
    with citizen(chromium, service.gateway.settings.base_url, "fr", **how) as page:
        page.open("fr").tap("do:start_declare_birth")
        page.tap("do:consent_yes")
        choice = page.choice("answer:declarant_capacity=father")
        expect(choice).to_be_visible()
        style = choice.evaluate(
            "node => { const style = getComputedStyle(node);"
            " return [style.borderTopStyle, style.animationDuration, style.transitionDuration]; }"
        )
        assert style[0] == "solid"
        if "reduced_motion" in how:
            assert max(float(time.rstrip("s")) for time in style[1:]) <= 0.01


@both
def test_each_reply_is_read_out_once(page: CitizenPage, lang: Language) -> None:
    page.live()
    tell(page, BIRTHS[lang])
    page.say(BIRTHS[lang].father)
    assert page.read_out() == [plain(text) for text in page.replies.locator("p").all_inner_texts()]
    page.page.reload()
    page.answered()
    page.live()
    page.say(BIRTHS[lang].mother)
    assert len(page.read_out()) == 1


@both
def test_a_picker_leaves_the_question_in_view(
    chromium: Browser, service: Service, lang: Language
) -> None:
    with citizen(chromium, service.gateway.settings.base_url, lang, 320) as page:
        for name in walk(page.open(lang), BIRTHS[lang]):
            if name == "date":
                expect(page.replies.last).to_be_in_viewport(ratio=1)
                return


@both
def test_what_is_pasted_is_only_text(page: CitizenPage, lang: Language) -> None:
    for trick in TRICKS:
        page.say(trick)
        bubble = page.said.last.locator("p")
        assert bubble.inner_text().split() == trick.split()
        assert bubble.evaluate("node => node.childElementCount") == 0
    page.page.reload()
    page.answered()
    assert page.page.title() == page.words("web.title")
    assert page.log.locator("img, script, a").count() == 0
    # Whatever turns the text around ends with its own bubble.
    isolated = "node => getComputedStyle(node).unicodeBidi"
    for bubble in page.said.locator("p").all():
        assert bubble.get_attribute("dir") == "auto"
        assert bubble.evaluate(isolated) in ("isolate", "plaintext")


@both
def test_another_site_opens_it_with_one_script(
    chromium: Browser, service: Service, guest: Guest, lang: Language
) -> None:
    base = service.gateway.settings.base_url
    guest.body = f'<script src="{base}/widget.js" data-lang="{lang}" async></script>'
    with own_context(chromium, lang) as context:
        page = context.new_page()
        page.goto(guest.url)
        expect(page.locator("[lang][dir]")).to_be_attached()
        # Its parts are closed to the site around, and to this test: a keyboard opens them.
        page.keyboard.press("Tab")
        with page.expect_event("framenavigated"):
            page.keyboard.press("Enter")
        inside = page.frames[-1]
        field = inside.get_by_role("textbox")
        field.fill("bonjour" if lang == "fr" else "السلام عليكم")
        field.press("Enter")
        expect(inside.get_by_role("log").locator("> *")).to_have_count(2)
        shown = inside.frame_element()
        assert shown.is_visible()
        page.keyboard.press("Escape")
        shown.wait_for_element_state("hidden")
        expect(page.locator("[lang][dir]")).to_be_focused()
        page.keyboard.press("Enter")
        shown.wait_for_element_state("visible")


def test_only_a_named_site_can_frame_it_and_only_the_page_made_for_that(
    chromium: Browser, service: Service, guest: Guest
) -> None:
    base = service.gateway.settings.base_url
    embedded, plain_page = (f'<iframe src="{base}/{query}"></iframe>' for query in ("?embed=1", ""))
    guest.body = embedded
    assert framed(chromium, guest) == 1
    guest.body = plain_page
    assert framed(chromium, guest) == 0
    with running_guest(embedded) as stranger:
        assert framed(chromium, stranger) == 0


def framed(chromium: Browser, site: Guest) -> int:
    """How many fields to write in the frame of this site has."""
    with own_context(chromium) as context:
        page = context.new_page()
        page.goto(site.url, wait_until="networkidle")
        return page.frames[-1].get_by_role("textbox").count()


@both
def test_printing_leaves_the_card(page: CitizenPage, lang: Language) -> None:
    tell(page, BIRTHS[lang])
    finish_telling(page, BIRTHS[lang])
    page.tap("do:submit")
    page.page.evaluate(
        "window.print = () => { window.onPaper = ["
        "...document.querySelectorAll('section')].map((node) => node.className) }"
    )
    page.button("web.card.print").click()
    assert page.page.evaluate("window.onPaper.some((name) => name.includes('to-print'))")
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.button("web.card.copy").click()
    expect(page.button("web.card.copied")).to_be_visible()
    assert page.page.evaluate("navigator.clipboard.readText()") == page.reference()
