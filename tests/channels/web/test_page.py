"""The page: who may frame it, what it may load, how heavy it is, and that it holds together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bot.answers.result import Language
from channels.problems import add_problem_answers
from channels.web import assets, page
from channels.web.headers import EmbedOriginsError, embed_origins
from integrations.platform.settings import Settings
from tests.support.services import settings_for
from tests.support.serving import free_port, serving

LARGEST_PAGE = 40 * 1024  # bytes on the line: the page, its modules and its style
COMMUNE = "https://commune.example"
STATIC = Path(page.__file__).parent / "static"
TEMPLATE = (page.TEMPLATES / page.TEMPLATE).read_text("utf-8")
MODULES = {name: (STATIC / name).read_text("utf-8") for name in assets.modules()}
STYLE = (STATIC / assets.STYLE).read_text("utf-8")
both = pytest.mark.parametrize("language", page.LANGUAGES)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("page")
    return settings_for(
        folder, port=free_port(), embed_origins=f"{COMMUNE}, https://other.example/"
    )


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[httpx.Client]:
    app = FastAPI()
    add_problem_answers(app)
    app.include_router(page.routes(settings))
    with serving(app, settings.port), httpx.Client(base_url=settings.base_url) as client:
        yield client


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in parts}


# ---- the language


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "wanted"),
    [
        ("", None, "", "ar"),
        ("", None, "fr-FR,fr;q=0.9", "fr"),
        ("", "ar", "fr", "ar"),
        ("?lang=fr", "ar", "ar", "fr"),
        ("?lang=en", "fr", "ar", "fr"),
    ],
    ids=["nothing said", "browser", "chosen before", "asked for", "asked for one we lack"],
)
def test_the_language_of_the_page(
    client: httpx.Client, query: str, cookie: str | None, accepted: str, wanted: str
) -> None:
    headers = {"Accept-Language": accepted} | ({"Cookie": f"hala_lang={cookie}"} if cookie else {})
    answer = client.get(f"/{query}", headers=headers)
    assert answer.headers["content-language"] == wanted
    direction = "rtl" if wanted == "ar" else "ltr"
    assert f'<html lang="{wanted}" dir="{direction}">' in answer.text
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["vary"].split(", "))


# ---- what it may do and who may frame it


@both
def test_the_page_lets_in_nothing_that_is_not_ours(client: httpx.Client, language: str) -> None:
    answer = client.get(f"/?lang={language}")
    rules = policy(answer)
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == ["'self'"]
    assert rules["require-trusted-types-for"] == ["'script'"]
    socket = str(client.base_url).rstrip("/").replace("http", "ws")
    assert rules["connect-src"] == ["'self'", socket]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]


def test_only_the_embedded_page_may_be_framed_and_only_by_whom_we_say(client: httpx.Client) -> None:
    answer = client.get("/?embed=1&lang=fr")
    assert policy(answer)["frame-ancestors"] == [COMMUNE, "https://other.example"]
    assert "x-frame-options" not in answer.headers
    assert 'id="close"' in answer.text
    assert 'id="close"' not in client.get("/?lang=fr").text


def test_without_the_setting_nobody_frames_it(tmp_path: Path) -> None:
    assert embed_origins(settings_for(tmp_path)) == ()


@pytest.mark.parametrize(
    "origins", ["*", "commune.example", "https://a.example; script-src *", "javascript:1", "https:"]
)
def test_an_origin_that_is_none_stops_the_start(tmp_path: Path, origins: str) -> None:
    with pytest.raises(EmbedOriginsError):
        page.routes(settings_for(tmp_path, embed_origins=origins))


def test_the_page_asks_for_nothing_elsewhere(client: httpx.Client) -> None:
    texts = [client.get("/").text, *assets.texts().values()]
    addresses = {found for text in texts for found in re.findall(r"https?://[^\s\"'`)]+", text)}
    assert addresses <= {"http://www.w3.org/2000/svg"}


@both
def test_no_script_and_no_style_stands_in_the_page(client: httpx.Client, language: str) -> None:
    html = client.get(f"/?lang={language}").text
    scripts = re.findall(r"<script([^>]*)>", html)
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)


def test_the_trial_is_said_outside_production_only(tmp_path: Path) -> None:
    trial = settings_for(tmp_path)
    told = 'id="trial"><p'
    assert told in _html(trial)
    assert told not in _html(trial.model_copy(update={"env": "production"}))


def _html(settings: Settings) -> str:
    app = FastAPI()
    app.include_router(page.routes(settings))
    with serving(app, settings.port):
        return httpx.get(f"{settings.base_url}/?lang=ar").text


# ---- how heavy it is


@both
def test_the_whole_page_fits_its_budget(client: httpx.Client, language: str) -> None:
    html = client.get(f"/?lang={language}").text
    linked = re.findall(r'(?:href|src)="(/web/[^"]+)"', html)
    assert {Path(name).name for name in linked} == {*MODULES, assets.STYLE, "icon.svg"}
    sizes = [_size(client, path) for path in ("/?lang=" + language, *sorted(set(linked)))]
    assert sum(sizes) <= LARGEST_PAGE


def _size(client: httpx.Client, path: str) -> int:
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "gzip"
        return sum(len(part) for part in answer.iter_raw())


@pytest.mark.parametrize("name", [*MODULES, assets.STYLE, "icon.svg"])
def test_a_file_is_kept_for_a_year_under_the_name_of_its_content(
    client: httpx.Client, name: str
) -> None:
    answer = client.get(f"{assets.address()}/{name}")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith(assets.TYPES[Path(name).suffix])
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/web/0000000000000000/app.js",
        f"{assets.address()}/page.py",
        f"{assets.address()}/widget.js",
        f"{assets.address()}/%2e%2e%2fpage.py",
    ],
)
def test_what_is_no_file_of_this_version_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_is_asked_for_again_and_answered_with_nothing(client: httpx.Client) -> None:
    first = client.get("/?lang=fr")
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get("/?lang=fr", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/?lang=ar", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


# ---- without scripts, and whether the parts fit together


@both
def test_without_scripts_it_says_where_to_go(client: httpx.Client, language: Language) -> None:
    html = client.get(f"/?lang={language}").text
    [inside] = re.findall(r"<noscript>(.*?)</noscript>", html, re.DOTALL)
    assert page.strings()[language]["web.noscript"] in inside
    assert 'href="/procedures/ar"' in inside
    assert 'href="/procedures/fr"' in inside


def test_the_four_choices_are_those_of_the_conversation(client: httpx.Client) -> None:
    found = re.findall(r'data-choice="([^"]+)"', client.get("/").text)
    assert found == ["do:start_declare_birth", "do:start_check_status", "do:papers", "do:agent"]


def test_each_module_is_reached_from_the_first() -> None:
    reached, waiting = set[str](), ["app.js"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting += set(re.findall(r'"\./([a-z]+\.js)"', MODULES[name])) - reached
    assert reached == set(MODULES)


def test_each_sign_is_drawn_and_each_drawing_is_used() -> None:
    drawn = set(re.findall(r'<symbol id="i-([a-z]+)"', TEMPLATE))
    text = "\n".join((TEMPLATE, *MODULES.values()))
    named = set(re.findall(r'(?:icon|button)\(\s*"([a-z]+)"', text))
    named |= set(re.findall(r'sign\("([a-z]+)"\)', text)) | {sign for _, sign, _ in page.WELCOME}
    named |= set(re.findall(r'\["([a-z]+)", "web\.do', text))
    named |= set(re.findall(r'"(check|clock|calendar|camera|door)"', text))
    assert drawn == named


@pytest.mark.parametrize("name", MODULES)
def test_no_module_parses_markup_or_keeps_anything_for_later(name: str) -> None:
    text = re.sub(r"^\s*(//|\*|/\*).*$", "", MODULES[name], flags=re.MULTILINE)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert "localStorage" not in text
    assert "sessionStorage" not in text or name == "outbox.js"


def test_the_style_knows_no_left_and_no_right() -> None:
    physical = r"(?:^|[\s{;])((?:margin|padding|border)-(?:left|right)|left|right|width|height)\s*:"
    # Conditions of a screen are about its width and height, whatever the writing.
    rules = re.sub(r"@media[^{]*\{", "{", STYLE)
    assert re.findall(physical, rules) == []
    assert not re.search(r"text-align:\s*(left|right)|float:\s*(left|right)", rules)
