"""A citizen's page in a real browser: what they see, say and tap, found by roles and names.

Named after `tests.support.phone`; the page's line by plain requests is `tests.support.web_page`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.answers.result import Language
from bot.wording import wording

HEIGHT = 844
_OF_THE_LINE = re.compile(r"^Failed to load resource|^WebSocket connection to")
LOCALES: dict[Language, str] = {"ar": "ar-MA", "fr": "fr-MA"}
# What only a citizen says or only Hala; the page gives both to screen readers.
YOU, HALA = "web.you", "web.hala"


class CitizenPage:
    """One tab. Everything waits for its condition; nothing waits for time."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.problems: list[str] = []
        self.foreign: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._noted)
        page.on("request", self._asked)

    def open(self, lang: Language = "ar", query: str = "") -> CitizenPage:
        """The page, ready to be used."""
        self.page.goto(f"{self.base}/?lang={lang}{query}")
        expect(self.page.locator("html")).to_have_attribute("lang", lang)
        return self

    @property
    def lang(self) -> Language:
        """The page's language just now."""
        return "fr" if self.page.locator("html").get_attribute("lang") == "fr" else "ar"

    def words(self, key: str, **values: object) -> str:
        """A sentence of the page in its language."""
        return wording(key, self.lang, "web").format(**values)

    def button(self, key: str, within: Locator | None = None) -> Locator:
        """The button whose name begins with this sentence."""
        return (within or self.page).get_by_role("button", name=self.words(key))

    # ---- what is said

    @property
    def field(self) -> Locator:
        """Where anything may be written."""
        return self.page.get_by_role("textbox", name=self.words("web.field"), exact=True)

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log")

    @property
    def said(self) -> Locator:
        """What the citizen said, in order."""
        return self._bubbles(YOU)

    @property
    def replies(self) -> Locator:
        """What Hala said, in order."""
        return self._bubbles(HALA)

    @property
    def waiting(self) -> Locator:
        """What has not been sent yet."""
        return self.log.get_by_text(_either("web.waiting"))

    def say(self, text: str) -> None:
        """Write, send, and wait for an answer."""
        self.type(text)
        self.answered()

    def type(self, text: str) -> None:
        """Write and send, whatever becomes of it."""
        before = self.said.count()
        self.field.click()
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.said).to_have_count(before + 1)

    def tap(self, choice: str) -> None:
        """Tap a choice by its id or by its words, and wait for an answer."""
        before = self.said.count()
        self.choice(choice).click()
        expect(self.said).to_have_count(before + 1)
        self.answered()

    def choice(self, choice: str) -> Locator:
        """What can be tapped. Ids are the protocol's; words are what citizens see."""
        if choice.partition(":")[0] in ("do", "answer", "edit"):
            return self.page.locator(f'button[data-choice="{choice}"]:visible').last
        return self.page.get_by_role("button", name=choice, exact=True)

    def answered(self) -> None:
        """Everything has been sent, and Hala spoke last."""
        expect(self.waiting).to_have_count(0)
        expect(self.log.locator("> :last-child").get_by_text(_either(HALA))).to_have_count(1)

    def hears(self, *texts: str) -> None:
        """The last reply has these words, marks of direction apart."""
        for text in texts:
            expect(self.replies.last).to_contain_text(text)

    def transcript(self) -> list[str]:
        """Everything that was said, as it is shown."""
        return [plain(text) for text in self.log.locator("> *").all_inner_texts()]

    # ---- what stands around it

    @property
    def summary(self) -> Locator:
        """The lines of the summary."""
        return self.page.locator('button[data-choice^="edit:"]')

    @property
    def card(self) -> Locator:
        """The card with the reference."""
        return self.page.get_by_role("region", name=self.words("web.card"))

    def reference(self) -> str:
        """The twelve digits of the card."""
        digits = "".join(filter(str.isdigit, self.card.locator("p").first.inner_text()))
        assert len(digits) == 12, digits
        return digits

    def progress(self) -> tuple[int, int]:
        """How far the declaration is: done, total."""
        told = self.page.get_by_role("group", name=self.words("web.progress.label")).inner_text()
        done, total = re.findall(r"\d+", told)
        return int(done), int(total)

    def switch(self) -> None:
        """Change the language with the button at the top."""
        wanted = "fr" if self.lang == "ar" else "ar"
        self.page.get_by_role("button", name="Français" if wanted == "fr" else "العربية").click()
        expect(self.page.locator("html")).to_have_attribute("lang", wanted)

    def command(self, key: str) -> None:
        """A command of the menu."""
        self.button("web.menu").click()
        self.button(key, self.page.get_by_role("navigation")).click()

    def live(self) -> None:
        """Keep, from now on, what a screen reader would be given to read."""
        self.page.evaluate(_LISTEN)

    def read_out(self) -> list[str]:
        """What was given since."""
        return [plain(text) for text in self.page.evaluate("window.readOut")]

    def is_wider_than_the_screen(self) -> bool:
        """Whether one would have to scroll sideways."""
        return bool(self.page.evaluate(_TOO_WIDE))

    def _bubbles(self, key: str) -> Locator:
        speaker = self.page.get_by_text(_either(key))
        return self.log.locator("> *").filter(has=speaker)

    def _noted(self, message: Any) -> None:
        # A browser notes each refused or broken request itself; tests cut the line on purpose.
        if message.type == "error" and not _OF_THE_LINE.search(message.text):
            self.problems.append(message.text)

    def _asked(self, request: Any) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in ("data", "blob") and asked.netloc != urlsplit(self.base).netloc:
            self.foreign.append(request.url)


# Every live region: a node that is added, or a text that changes, is read once.
_LISTEN = """() => {
  window.readOut = [];
  const told = (node) => node.textContent.trim() && window.readOut.push(node.textContent);
  for (const region of document.querySelectorAll("[aria-live=polite], [role=status], [role=alert]"))
    new MutationObserver((changes) => {
      for (const change of changes) change.addedNodes.forEach(told);
    }).observe(region, { childList: true, subtree: true });
}"""
_TOO_WIDE = """() => [...document.querySelectorAll("html, main, footer, header")]
  .some((node) => node.scrollWidth > node.clientWidth)"""


def _either(key: str) -> re.Pattern[str]:
    """A sentence of the page in either language: an answer may change the page's."""
    said = (re.escape(wording(key, language, "web")) for language in LOCALES)
    return re.compile(rf"^\s*(?:{'|'.join(said)})\s*$")


def plain(text: str) -> str:
    """Without the marks of direction that isolate values, and with single spaces."""
    return " ".join(text.translate(dict.fromkeys(range(0x2066, 0x206A))).split())


@contextmanager
def citizen(
    browser: Browser, base: str, lang: Language = "ar", width: int = 390, **how: Any
) -> Iterator[CitizenPage]:
    """A citizen with a browser of their own. At the end no script has failed, and nothing was asked
    of anybody else. `how`: more about the browser."""
    with own_context(browser, lang, width, **how) as context:
        page = CitizenPage(context.new_page(), base)
        yield page
        assert not page.problems + page.foreign, page.problems + page.foreign


@contextmanager
def own_context(
    browser: Browser, lang: Language = "ar", width: int = 390, **how: Any
) -> Iterator[BrowserContext]:
    """A browser without a past, of a width."""
    how = {"viewport": {"width": width, "height": HEIGHT}, "locale": LOCALES[lang], **how}
    context = browser.new_context(**how)
    context.set_default_timeout(15_000)
    try:
        yield context
    finally:
        context.close()
