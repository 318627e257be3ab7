"""`hala bench page`: what the page of the web chat costs a slow phone on a bad line.

Debian's Chromium opens it from a real gateway, with the processor slowed down and the line held to
400 kbit/s and 400 ms, in both languages, each time as somebody who was never there before, and once
more as somebody who was. Medians of several views are told.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import figures
from bench.conditions import conditions
from bench.figures import Figures
from bench.stand import BenchError, Wishes, stand
from bench.web import report
from bench.web.traffic import Traffic

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession

CHROMIUM = Path("/usr/bin/chromium")
TARGETS = figures.TARGETS.with_name("page_targets.toml")
OBSERVER = Path(__file__).with_name("observe.js")
LANGUAGES = ("ar", "fr")
PHONE = {"width": 360, "height": 640}
SLOWER = 4
BYTES_A_SECOND = 400_000 / 8
ROUND_TRIP_MS = 400
PATIENCE_MS = 60_000
QUIET_MS = 2_000
LONG_TASK_MS = 50.0
COLUMNS = {
    "view": "view",
    "kilobytes": "kB",
    "requests": "requests",
    "foreign": "to others",
    "first_paint_ms": "first paint ms",
    "largest_paint_ms": "largest",
    "usable_ms": "field works",
    "hello_ms": "conversation there",
    "long_tasks": "long tasks",
    "blocked_ms": "blocked ms",
    "shift": "layout shift",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; its status is that of `report.finish`."""
    parser = report.parser("page", __doc__)
    parser.add_argument("--views", type=int, default=5, help="how often each language is opened")
    options = parser.parse_args(arguments)
    return report.finish("page", lambda: run(options.views), tables, options)


def run(views: int) -> Figures:
    """Everything measured, under `results` by view."""
    with _browser() as browser, stand(Wishes(understanding=False), report.say) as ready:
        found = conditions(ready.endpoints.database_url) | {
            "slower": SLOWER,
            "bytes_a_second": BYTES_A_SECOND,
            "round_trip_ms": ROUND_TRIP_MS,
            "views": views,
            "browser": browser.version,
        }
        results: dict[str, Figures] = {}
        for language in LANGUAGES:
            report.say(f"{language}, {views} views")
            url = f"{ready.settings.base_url}/?lang={language}"
            pairs = [_first_and_again(browser, url) for _ in range(views)]
            for place, name in enumerate((language, f"{language} again")):
                results[name] = {"view": name} | medians([pair[place] for pair in pairs])
    targets = figures.verdicts(results, TARGETS)
    return {"conditions": found, "results": results, "targets": targets}


def medians(views: Sequence[Figures]) -> Figures:
    """The median of each figure; None where a view never got there."""
    found: Figures = {}
    for name in views[0]:
        values = [view[name] for view in views]
        found[name] = None if None in values else round(statistics.median(values), 3)
    return found


@contextmanager
def _browser() -> Iterator[Browser]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise BenchError(
            "bench.no_playwright: the page is opened with playwright; `make setup-dev` installs it"
        ) from None
    if not CHROMIUM.exists():
        raise BenchError(f"bench.no_browser: {CHROMIUM} is not there; `apt install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def _first_and_again(browser: Browser, url: str) -> tuple[Figures, Figures]:
    """Somebody new, who then comes back."""
    context = browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    )
    context.add_init_script(path=OBSERVER)
    try:
        return _view(context, url), _view(context, url)
    finally:
        context.close()


def _view(context: BrowserContext, url: str) -> Figures:
    page = context.new_page()
    session = context.new_cdp_session(page)
    traffic = Traffic(url)
    _slow_down(session)
    for event in traffic.events:
        session.on(event, traffic.noting(event))
    page.goto(url, wait_until="load", timeout=PATIENCE_MS)
    page.wait_for_function("benchSeen.usable !== null", timeout=PATIENCE_MS)
    page.wait_for_timeout(QUIET_MS)
    seen: dict[str, Any] = page.evaluate("benchSeen")
    paints = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    page.close()
    return traffic.figures() | view_figures(seen, paints)


def view_figures(seen: dict[str, Any], first_paint: float | None) -> Figures:
    """From what the page noted of itself."""
    tasks: list[float] = seen["tasks"]
    return {
        "first_paint_ms": first_paint,
        "largest_paint_ms": seen["paint"],
        "usable_ms": seen["usable"],
        "long_tasks": len(tasks),
        "blocked_ms": sum(max(0.0, task - LONG_TASK_MS) for task in tasks),
        "shift": seen["shift"],
    }


def _slow_down(session: CDPSession) -> None:
    line = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": ROUND_TRIP_MS, **line},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def tables(results: Figures) -> list[str]:
    """The views for people."""
    return [figures.table(list(results.values()), COLUMNS)]


if __name__ == "__main__":
    sys.exit(main())
