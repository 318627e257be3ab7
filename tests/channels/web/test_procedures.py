"""The procedure pages: each topic in each language, whole, linked, guarded, quick to give away."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI

from bot.answers.result import Language
from bot.knowledge import all_answers
from channels.web import procedures
from channels.web.inline import marked
from channels.web.procedure_pages import GROUPS, LANGUAGES, address, answers_of, source_parts
from integrations.platform.settings import Settings
from tests.support.catalogues import texts
from tests.support.services import settings_for
from tests.support.serving import free_port, serving

ROOM = Path(procedures.__file__).parent
TOPICS = sorted({topic.partition("/")[0] for topic in all_answers()})
PATHS = [address(language, topic) for language in LANGUAGES for topic in ("", *TOPICS)]
CHAT = {"/?lang=ar", "/?lang=fr"}
VOID = {"meta", "link", "br", "img", "input"}
every_page = pytest.mark.parametrize("path", PATHS)
both = pytest.mark.parametrize("language", LANGUAGES)


class Read(HTMLParser):
    """A page as a parser sees it: its elements in order, its text, and what was left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def every(self, attribute: str) -> list[str]:
        return [found[attribute] for _, found in self.elements if attribute in found]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_for(tmp_path_factory.mktemp("procedures"), port=free_port())


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[httpx.Client]:
    app = FastAPI(openapi_url=None)
    app.include_router(procedures.routes(settings))
    with serving(app, settings.port) as base, httpx.Client(base_url=base) as client:
        yield client


@pytest.fixture(scope="module")
def pages(site: httpx.Client) -> dict[str, Read]:
    return {path: Read(site.get(path).text) for path in PATHS}


@every_page
def test_is_a_whole_page_in_its_language(pages: dict[str, Read], path: str) -> None:
    page = pages[path]
    language = path.split("/")[2]
    assert page.of("html") == [{"lang": language, "dir": "rtl" if language == "ar" else "ltr"}]
    assert page.open == []
    assert len(page.of("h1")) == len(page.of("main")) == len(page.of("title")) == 1
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    ids = page.every("id")
    assert len(ids) == len(set(ids))
    assert set(page.every("aria-labelledby")) <= set(ids)
    assert page.of("a")[0]["href"] == "#content"


@every_page
def test_search_engines_find_it_in_both_languages(
    pages: dict[str, Read], settings: Settings, path: str
) -> None:
    page = pages[path]
    [description] = [m["content"] for m in page.of("meta") if m.get("name") == "description"]
    assert 40 < len(description) < 260
    linked = {(link["rel"], link.get("hreflang", "")): link["href"] for link in page.of("link")}
    assert linked["canonical", ""] == settings.base_url + path
    for language in LANGUAGES:
        other = re.sub("/(ar|fr)(?=/|$)", f"/{language}", path, count=1)
        assert linked["alternate", language] == settings.base_url + other


@every_page
def test_every_link_leads_to_a_page_or_a_section(pages: dict[str, Read], path: str) -> None:
    for link in pages[path].of("a"):
        if link["href"].startswith("https://"):
            assert link["rel"] == "noopener"
        elif link["href"] not in CHAT:
            target, anchor = urldefrag(link["href"])
            assert not anchor or anchor in pages[target or path].every("id"), link["href"]


@every_page
def test_asks_nothing_of_anybody_else_and_runs_nothing(pages: dict[str, Read], path: str) -> None:
    page = pages[path]
    assert not {"script", "iframe", "img", "form", "style"} & {tag for tag, _ in page.elements}
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]
    asked = {link["href"] for link in page.of("link") if link["rel"] in ("stylesheet", "icon")}
    assert asked == {"data:,", *(href for href in asked if href.startswith("/procedures/static/"))}
    assert page.every("style") == page.every("src") == []


@every_page
def test_is_guarded_and_kept_by_browsers(site: httpx.Client, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = site.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert site.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@both
@pytest.mark.parametrize("topic", TOPICS)
def test_says_all_that_is_known_with_its_ground(
    site: httpx.Client, language: Language, topic: str
) -> None:
    html = site.get(address(language, topic)).text
    for aspect, answer in answers_of(topic).items():
        assert f'<h2 id="{aspect}">' in html
        assert marked(answer.ar if language == "ar" else answer.fr, language) in html
        assert f'<time datetime="{answer.checked}">' in html
    asked = html.count('class="doubt"')
    assert asked == sum(a.confidence != "H" for a in answers_of(topic).values())


def test_the_day_of_the_check_has_its_moroccan_month(pages: dict[str, Read]) -> None:
    assert "آخر تحقق: 22 نونبر 2026." in pages["/procedures/ar/fees"].text
    assert "Vérifié le 22 novembre 2026." in pages["/procedures/fr/fees"].text


def test_french_has_the_accents_and_spaces_of_print(pages: dict[str, Read]) -> None:
    text = pages["/procedures/fr/procedure_birth"].text
    assert "oncles, tantes et sœurs\u00a0: le bureau vous le confirme" in text
    assert "L’avis de naissance du médecin" in text
    assert not re.search(r"\w[:;?!](\s|$)|\w'\w", text)


def test_no_page_of_a_death_offers_a_birth(pages: dict[str, Read]) -> None:
    for language in LANGUAGES:
        links = [a["href"] for a in pages[address(language, "procedure_death")].of("a")]
        assert links
        assert not [href for href in links if "birth" in href]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1.0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("", None),
    ],
)
def test_is_compressed_for_those_who_take_it(
    site: httpx.Client, accepted: str, encoding: str | None
) -> None:
    path = "/procedures/ar/procedure_birth"
    with site.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(body) == int(answer.headers["content-length"])
    plain = gzip.decompress(body) if encoding else body
    assert plain.startswith(b"<!doctype html>")


@pytest.mark.parametrize("path", ["/procedures", *PATHS[:2], "/sitemap.xml", "/robots.txt"])
def test_head_gives_the_head_only(site: httpx.Client, path: str) -> None:
    told, whole = site.head(path), site.get(path)
    assert told.content == b""
    assert (told.status_code, told.headers.get("etag")) == (
        whole.status_code, whole.headers.get("etag"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "ar"),
        ({"Accept-Language": "fr-FR,fr;q=0.9,ar;q=0.8"}, "fr"),
        ({"Accept-Language": "en-GB,ar-MA;q=0.5,fr;q=0.7"}, "fr"),
        ({"Accept-Language": "en,es;q=0.5"}, "ar"),
        ({"Accept-Language": "fr;q=0, ar;q=0.1"}, "ar"),
        ({"Accept-Language": "fr;q=much,;;q"}, "ar"),
        ({"Accept-Language": "fr", "Cookie": "hala_lang=ar"}, "ar"),
        ({"Accept-Language": "ar", "Cookie": "hala_lang=fr"}, "fr"),
        ({"Accept-Language": "fr", "Cookie": "hala_lang=../evil"}, "fr"),
    ],
)
def test_the_first_page_is_in_the_language_of_the_reader(
    site: httpx.Client, headers: dict[str, str], language: str
) -> None:
    answer = site.get("/procedures", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/procedures/{language}")
    assert answer.headers["vary"] == "Accept-Language, Cookie"
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/procedures/fr/nothing", "fr"),
        ("/procedures/ar/procedure_birth/documents", "ar"),
        ("/procedures/en", "ar"),
        ("/procedures/en/procedure_birth", "ar"),
        ("/procedures/fr/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "fr"),
        ('/procedures/"><img src=x onerror=alert(1)>', "ar"),
        ("/procedures/fr/..%2f..%2f..%2fetc%2fpasswd", "fr"),
        ("/procedures/fr/%00%ff", "fr"),
        ("/procedures/static/x/other.css", "ar"),
    ],
)
def test_an_unknown_address_has_a_page_that_shows_nothing_of_it(
    site: httpx.Client, path: str, language: Language
) -> None:
    answer = site.get(path)
    page = Read(answer.text)
    assert (answer.status_code, page.of("html")[0]["lang"]) == (404, language)
    assert address(language) in [link["href"] for link in page.of("a")]
    assert {"name": "robots", "content": "noindex"} in page.of("meta")
    assert "alert" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    known = site.get(address(language, "nothing"))
    assert answer.text == known.text


def test_a_slash_too_many_is_forgiven(site: httpx.Client) -> None:
    assert site.get("/procedures/fr/fees/").text == site.get("/procedures/fr/fees").text
    assert site.get("/procedures/fr/").status_code == 200


def test_the_style_is_kept_under_the_name_of_its_content_only(
    site: httpx.Client, pages: dict[str, Read]
) -> None:
    hrefs = [link["href"] for link in pages["/procedures/ar"].of("link")]
    [path] = [href for href in hrefs if href.endswith(".css")]
    named, other = site.get(path), site.get("/procedures/static/older/procedures.css")
    assert named.headers["content-type"] == "text/css; charset=utf-8"
    assert named.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.text == named.text
    assert other.headers["cache-control"] == "private, no-cache"


def test_the_style_knows_no_left_or_right() -> None:
    style = (ROOM / "static/procedures.css").read_text("utf-8")
    assert not re.search(r"\b(left|right)\b|url\(|@import", style.partition("*/")[2])


def test_the_colours_are_those_of_the_chat() -> None:
    sheets = [
        re.findall(r"(--[\w-]+): (#\w+);", (ROOM / "static" / name).read_text("utf-8"))
        for name in ("procedures.css", "chat.css")
    ]
    ours, chats = ([(name, colour) for name, colour in sheet] for sheet in sheets)
    shared = {name for name, _ in ours} & {name for name, _ in chats}
    assert {"--green", "--page", "--ink"} <= shared
    on_screen = ours[: ours.index(("--page", "#fff"))]  # paper is white
    assert [c for c in on_screen if c[0] in shared] == [c for c in chats if c[0] in shared]


def test_the_sitemap_names_every_page(site: httpx.Client, settings: Settings) -> None:
    root = ElementTree.fromstring(site.get("/sitemap.xml").text)  # noqa: S314 - made by us
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {place.text for place in root.iter(f"{space}loc")}
    assert found == {settings.base_url + path for path in PATHS}


def test_robots_stay_out_of_conversations(site: httpx.Client, settings: Settings) -> None:
    lines = site.get("/robots.txt").text.splitlines()
    assert "Disallow: /chat" in lines
    assert not any(line.startswith("Disallow: /procedures") for line in lines)
    assert f"Sitemap: {settings.base_url}/sitemap.xml" in lines


@both
def test_a_trial_says_so_on_every_page_and_production_on_none(
    settings: Settings, language: Language
) -> None:
    real = settings.model_copy(update={"env": "production"})
    words = dict(texts(language))["page.trial"].split(".")[0].replace("'", "’")
    for chosen, shown in ((settings, True), (real, False)):
        made = procedures.Pages(chosen)
        for page in (*made.found.values(), *made.missing.values()):
            assert (words in page.text) is (shown and f'<html lang="{language}"' in page.text)


def test_every_topic_has_one_place_on_the_index() -> None:
    assert sorted(topic for topics in GROUPS.values() for topic in topics) == TOPICS


@both
def test_every_topic_aspect_group_and_source_has_its_words(language: Language) -> None:
    wanted = {f"topic.{topic}" for topic in TOPICS} | {f"page.group.{group}" for group in GROUPS}
    for topic, answer in all_answers().items():
        wanted |= {f"aspect.{topic.partition('/')[2]}"}
        wanted |= {f"source.{part}" for part in source_parts(answer)}
    heads = ("topic.", "aspect.", "source.", "page.group.")
    assert wanted == {key for key, _ in texts(language) if key.startswith(heads)}


@both
def test_every_word_of_the_pages_is_used(language: Language) -> None:
    files = [*ROOM.glob("procedure*.py"), *ROOM.glob("templates/procedures_*")]
    written = "".join(file.read_text("utf-8") for file in files)
    used = set(re.findall(r'"(page\.[a-z_]+)"', written))
    known = {key for key, _ in texts(language) if key.startswith("page.")}
    assert used == {key for key in known if not key.startswith("page.group.")}
