"""`/widget.js`: included by any site, it brings its words and leaves nothing behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from channels.web import page
from tests.support.services import settings_for
from tests.support.serving import free_port, serving


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Response]:
    settings = settings_for(tmp_path_factory.mktemp("widget"), port=free_port())
    app = FastAPI()
    app.include_router(page.routes(settings))
    with serving(app, settings.port):
        yield httpx.get(f"{settings.base_url}/widget.js")


def test_any_site_may_include_it(answer: httpx.Response) -> None:
    assert answer.status_code == 200
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" not in answer.headers["cache-control"]  # its address never changes


def test_it_carries_its_words_in_both_languages(answer: httpx.Response) -> None:
    [words] = re.findall(r"const words = (\{.*\})\[lang\];", answer.text)
    told = json.loads(words)
    assert set(told) == {"ar", "fr"}
    assert set(told["ar"]) == set(told["fr"]) == set(page.WIDGET_WORDS)
    assert "HALA_WORDS" not in answer.text


def test_it_stays_small(answer: httpx.Response) -> None:
    assert len(answer.content) < 6 * 1024


def test_it_listens_to_its_own_frame_only(answer: httpx.Response) -> None:
    assert "event.origin !== origin" in answer.text
    assert "event.source !== frame.contentWindow" in answer.text


def test_it_makes_no_global_and_parses_no_markup() -> None:
    text = (Path(page.__file__).parent / "static/widget.js").read_text("utf-8")
    code = [line for line in text.splitlines() if line and not line.startswith("//")]
    assert code[0] == "(() => {"
    assert code[-1] == "})();"
    assert not re.search(r"\bwindow\.|globalThis|innerHTML|document\.write", text)
