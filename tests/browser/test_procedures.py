"""The procedure pages in a real browser without scripts: readable by all, narrow, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from channels.web import procedures
from tests.support.services import settings_for
from tests.support.serving import free_port, serving

pytestmark = pytest.mark.browser
PATHS = [f"/procedures/{lang}{rest}" for lang in ("ar", "fr") for rest in ("", "/procedure_birth")]
every_page = pytest.mark.parametrize("path", PATHS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = settings_for(tmp_path_factory.mktemp("procedures"), port=free_port())
    app = FastAPI(openapi_url=None)
    app.include_router(procedures.routes(settings))
    with serving(app, settings.port) as base:
        yield base


@pytest.fixture
def narrow(chromium: Browser) -> Iterator[Page]:
    """The narrowest telephone, without JavaScript."""
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_page
def test_axe_finds_nothing(
    chromium: Browser, site: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 320, "height": 640})
    page.goto(site + path)
    found = Axe().run(page).response
    page.close()
    assert found["passes"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []


@every_page
def test_nothing_is_wider_than_the_narrowest_telephone(narrow: Page, site: str, path: str) -> None:
    narrow.goto(site + path)
    for place in narrow.locator("a, p, h1, h2, li").all():
        box = place.bounding_box()
        # The first link waits above the page until a keyboard reaches it.
        assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= 320)


def test_a_keyboard_reaches_the_content_first(narrow: Page, site: str) -> None:
    narrow.goto(f"{site}/procedures/fr/fees")
    skip = narrow.locator(".skip")
    assert (skip.bounding_box() or {"y": 0})["y"] < 0
    narrow.keyboard.press("Tab")
    assert (skip.bounding_box() or {"y": -1})["y"] >= 0
    narrow.keyboard.press("Enter")
    assert narrow.url.endswith("#content")


@every_page
def test_paper_has_the_answers_and_no_navigation(narrow: Page, site: str, path: str) -> None:
    narrow.goto(site + path)
    address = narrow.locator(".paper")
    assert not address.is_visible()
    narrow.emulate_media(media="print")
    assert address.is_visible()
    assert path in address.inner_text()
    assert narrow.locator("h1").is_visible()
    for hidden in (".skip", ".language", ".links", ".steps", "nav"):
        assert not any(place.is_visible() for place in narrow.locator(hidden).all()), hidden
