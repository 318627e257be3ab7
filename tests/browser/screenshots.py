"""Pictures of every state of the page for docs/img/web: `python -m tests.browser.screenshots`.

Run by hand after a change of the page, and looked at. The service is the tests' own: the real one,
with invented people, on a Friday in November 2025.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from bot.answers.result import Language
from integrations.understanding import interpreter, server, training
from integrations.understanding.process import Start, spawn, stop
from tests.support.journeys import BIRTHS, walk
from tests.support.page import CitizenPage, citizen
from tests.support.phone import FRIDAY
from tests.support.services import running_services, service_folder
from tests.support.serving import free_port
from tests.support.stack import running_service

CHECKOUT = Path(__file__).parents[2]
FOLDER = CHECKOUT / "docs" / "img" / "web"
WIDTHS = (320, 390, 1280)
LANGUAGES: tuple[Language, ...] = ("ar", "fr")
COLOURS = 32
TOPIC = "procedure_birth"


def save(page: CitizenPage, name: str, lang: Language, width: int) -> None:
    """The screen as it stands, with few colours."""
    shot = Image.open(io.BytesIO(page.page.screenshot(animations="disabled", caret="hide")))
    reduced = shot.convert("RGB").quantize(
        COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    reduced.save(FOLDER / f"{name}-{lang}-{width}.png", optimize=True)


def journey(page: CitizenPage, shoot: Callable[[str], None]) -> None:
    """The long way through a birth."""
    for name in walk(page.open(page_lang(page)), BIRTHS[page_lang(page)]):
        page.page.keyboard.press("Escape") if name == "date" else None
        if name == "papers":
            page.button("web.papers.attach").first.scroll_into_view_if_needed()
        shoot(name)


def page_lang(page: CitizenPage) -> Language:
    """The language its browser was made for."""
    return "fr" if page.page.evaluate("navigator.language").startswith("fr") else "ar"


def question(page: CitizenPage) -> None:
    """At the first question with choices."""
    page.open(page_lang(page)).tap("do:start_declare_birth")
    page.tap("do:consent_yes")


def dark(page: CitizenPage, shoot: Callable[[str], None]) -> None:
    """A question by night."""
    page.page.emulate_media(color_scheme="dark")
    question(page)
    shoot("dark")


def waiting(page: CitizenPage, shoot: Callable[[str], None]) -> None:
    """Without network."""
    question(page)
    page.page.context.set_offline(True)
    expect(page.page.get_by_text(page.words("web.offline"))).to_be_visible()
    page.type(BIRTHS[page_lang(page)].capacity)
    expect(page.waiting).to_have_count(1)
    shoot("waiting")
    page.page.context.set_offline(False)


def ended(page: CitizenPage, shoot: Callable[[str], None]) -> None:
    """After half an hour without anybody."""
    question(page)
    page.page.clock.fast_forward("31:00")
    expect(page.page.get_by_text(page.words("web.ended.idle"))).to_be_visible()
    shoot("idle")


def procedures(page: CitizenPage, shoot: Callable[[str], None]) -> None:
    """The pages to read."""
    lang = page_lang(page)
    for name, path in (("procedures", ""), ("topic", f"/{TOPIC}")):
        page.page.goto(f"{page.base}/procedures/{lang}{path}")
        shoot(name)


def shoot_all(browser: Browser, base: str) -> None:
    """Every state, width and language."""
    for lang in LANGUAGES:
        for width in WIDTHS:
            for states in (journey, dark, waiting, ended, procedures):
                with citizen(browser, base, lang, width) as page:
                    page.page.clock.install(time=FRIDAY)
                    states(page, lambda name: save(page, name, lang, width))  # noqa: B023
            print(lang, width)  # noqa: T201


@contextmanager
def understanding() -> Iterator[str]:
    """The trained model, served."""
    python = interpreter.of_environment(CHECKOUT)
    if python is None:
        sys.exit("no .venv-rasa: run `make setup`")
    model = training.train(CHECKOUT, CHECKOUT / ".hala", python, print)
    port = free_port()
    with service_folder() as folder:
        process = spawn(Start(CHECKOUT, python, model, folder / "server.log"), port)
        try:
            url = f"http://127.0.0.1:{port}"
            if not asyncio.run(server.wait_ready(url, 90)):
                sys.exit((folder / "server.log").read_text())
            yield url
        finally:
            stop(process)


def main() -> None:
    """Make them all."""
    program = shutil.which("chromium") or sys.exit("no chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        understanding() as url,
        running_services() as endpoints,
        running_service(endpoints, url) as service,
        sync_playwright() as playwright,
    ):
        expect.set_options(timeout=15_000)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        shoot_all(browser, service.gateway.settings.base_url)
        browser.close()
    total = sum(file.stat().st_size for file in FOLDER.glob("*.png"))
    print(f"{total / 1024:.0f} KB in {FOLDER}")  # noqa: T201


if __name__ == "__main__":
    main()
