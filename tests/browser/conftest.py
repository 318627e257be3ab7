"""Chromium on the real service: gateway and worker as processes, the trained model, a database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from integrations.local.services import Endpoints
from tests.support.guest import Guest, running_guest
from tests.support.stack import Service, running_service

PATIENCE_MS = 15_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; tests that need it are skipped where there is none. While it is open this
    thread has a running event loop, so no asynchronous test may follow before it is closed."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def guest() -> Iterator[Guest]:
    """A commune's site, which may show the chat in a frame."""
    with running_guest() as site:
        yield site


@pytest.fixture(scope="module")
def service(services: Endpoints, understanding_url: str, guest: Guest) -> Iterator[Service]:
    """Everything a citizen's browser reaches."""
    with running_service(services, understanding_url, embed_origins=guest.url) as running:
        yield running
