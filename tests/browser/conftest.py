"""Chromium on the real service: gateway and worker as processes, the trained model, a database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from integrations.local.services import Endpoints
from tests.support.stack import Service, running_service

PHONE = {"width": 390, "height": 844}
LOCALES = {"ar": "ar-MA", "fr": "fr-MA"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; tests that need it are skipped where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium")
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def service(services: Endpoints, understanding_url: str) -> Iterator[Service]:
    """Everything a citizen's browser reaches."""
    with running_service(services, understanding_url) as running:
        yield running
