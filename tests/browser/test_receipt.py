"""The form to bring, from the card of the reference."""

from __future__ import annotations

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bot.answers.result import Language
from tests.support.journeys import BIRTHS, finish_telling, tell
from tests.support.page import citizen
from tests.support.receipts import text_of
from tests.support.stack import Service

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.database]
LANGUAGES: tuple[Language, ...] = ("ar", "fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_card_leads_to_the_form(chromium: Browser, service: Service, lang: Language) -> None:
    with citizen(chromium, service.gateway.settings.base_url, lang, 320) as page:
        page.open(lang)
        tell(page, BIRTHS[lang])
        finish_telling(page, BIRTHS[lang])
        page.tap("do:submit")
        link = page.card.get_by_role("link", name=page.words("web.card.receipt"))
        expect(link).to_be_visible()
        assert Axe().run(page.page).response["violations"] == []
        assert not page.is_wider_than_the_screen()
        answer = httpx.get(str(link.get_attribute("href")))
        assert answer.headers["content-type"] == "application/pdf"
        digits = page.reference()
        groups = " ".join(digits[at : at + 4] for at in (0, 4, 8))
        assert groups in text_of(answer.content).replace("\u00a0\u00a0", " ").replace("  ", " ")
