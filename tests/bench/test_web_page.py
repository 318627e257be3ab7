"""What is made of a view of the page."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench.figures import Figures, verdicts
from bench.web import page
from bench.web.page import medians, view_figures
from bench.web.traffic import Traffic

URL = "http://127.0.0.1:8080/?lang=ar"


def asked(url: str, timestamp: float) -> dict[str, object]:
    return {"request": {"url": url}, "timestamp": timestamp}


def test_traffic_is_counted_until_the_conversation_is_there() -> None:
    traffic = Traffic(URL)
    request, done, frame = (
        traffic.noting(f"Network.{name}")
        for name in ("requestWillBeSent", "loadingFinished", "webSocketFrameReceived")
    )
    request(asked(URL, 5.0))
    done({"encodedDataLength": 6400.0})
    request(asked("http://127.0.0.1:8080/web/1/app.js", 5.5))
    done({"encodedDataLength": 600.0})
    request(asked("data:image/svg+xml,x", 5.6))
    traffic.note("webSocketCreated", {"url": "ws://127.0.0.1:8080/chat?after=0"})
    frame({"timestamp": 7.0})
    frame({"timestamp": 9.0})
    expected = {"kilobytes": 7.0, "requests": 3, "foreign": 0, "hello_ms": 2000.0}
    assert traffic.figures() == expected


def test_what_others_are_asked_is_told_apart() -> None:
    traffic = Traffic(URL)
    for url in (URL, "https://fonts.example/a.woff2", "http://127.0.0.1:9090/"):
        traffic.note("requestWillBeSent", asked(url, 1.0))
    assert traffic.figures()["foreign"] == 2
    assert traffic.figures()["hello_ms"] is None


def test_only_what_is_above_fifty_milliseconds_blocks() -> None:
    seen = {"paint": 900.0, "usable": 1500.0, "tasks": [60.0, 49.0, 150.0], "shift": 0.02}
    found = view_figures(seen, 800.0)
    assert (found["long_tasks"], found["blocked_ms"], found["usable_ms"]) == (3, 110.0, 1500.0)


def test_medians() -> None:
    views: list[Figures] = [{"a": 1.0, "b": 2.0}, {"a": 9.0, "b": None}, {"a": 3.0, "b": 2.0}]
    assert medians(views) == {"a": 3.0, "b": None}


def test_every_target_names_a_figure() -> None:
    seen = {"paint": 1.0, "usable": 1.0, "tasks": [], "shift": 0.0}
    view = Traffic(URL).figures() | view_figures(seen, 1.0)
    results = dict.fromkeys(page.LANGUAGES, view)
    assert all(verdict["met"] is not None for verdict in verdicts(results, page.TARGETS))


def test_without_playwright_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    assert page.main(["--views", "1"]) == 1
    assert "bench.no_playwright" in capsys.readouterr().err


@pytest.mark.database
@pytest.mark.browser
def test_a_short_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.json"
    assert page.main(["--views", "1", "--json", str(path)]) == 0
    assert "| fr again |" in capsys.readouterr().out
    results = json.loads(path.read_text("utf-8"))["results"]
    for language in page.LANGUAGES:
        first, again = results[language], results[f"{language} again"]
        assert 0 < again["kilobytes"] < first["kilobytes"]
        assert first["foreign"] == 0
        assert first["usable_ms"] >= first["first_paint_ms"] > 0
        assert first["hello_ms"] > 0
