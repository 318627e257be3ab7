"""`/procedures`: what Hala knows, as plain pages that need no JavaScript, can be printed and found.

They do not change while the process runs: all of them are made at start, and a request only looks
one up.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from bot.answers.result import Language
from bot.knowledge import all_answers
from channels.auth import PUBLIC, auth
from channels.web.preferring import preferred_language
from channels.web.prepared import Prepared
from channels.web.procedure_pages import (
    GROUPS,
    LANGUAGES,
    ROOT,
    address,
    description,
    sections,
    templates,
    words,
)
from integrations.platform.settings import Settings

GUARDS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
SHORT = {"Cache-Control": "public, max-age=600"}
UNKEPT = {"Cache-Control": "private, no-cache"}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
STYLE = Path(__file__).parent / "static/procedures.css"
# Conversations and webhooks are nobody's to index.
ROBOTS = "User-agent: *\nDisallow: /chat\nDisallow: /channels/\nDisallow: /metrics\n"
READ = ["GET", "HEAD"]
STYLE_PATH = f"{ROOT}/static/{{version}}/procedures.css"


class Pages:
    """Every page, ready to be given away."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        style = STYLE.read_text("utf-8")
        self.style = Prepared(style, "text/css", GUARDS | FOREVER)
        # Asked for under the name that a process before or after this one gave: not to be kept.
        self.other_style = Prepared(style, "text/css", GUARDS | UNKEPT)
        self.topics = tuple(dict.fromkeys(topic.partition("/")[0] for topic in all_answers()))
        self.missing = {lang: self._missing(lang) for lang in LANGUAGES}
        self.found = {address(lang): self._index(lang) for lang in LANGUAGES}
        for lang in LANGUAGES:
            self.found |= {address(lang, topic): self._topic(lang, topic) for topic in self.topics}
        self.sitemap = self._sitemap()
        robots = f"{ROBOTS}Sitemap: {settings.base_url}/sitemap.xml\n"
        self.robots = Prepared(robots, "text/plain", GUARDS | SHORT)

    def at(self, path: str, preferred: Language) -> Prepared:
        """The page of a path below the root, else the one that says there is none."""
        asked = path.partition("/")[0]
        language = next((lang for lang in LANGUAGES if lang == asked), preferred)
        return self.found.get(f"{ROOT}/{path.rstrip('/')}", self.missing[language])

    def _index(self, language: Language) -> Prepared:
        values = {
            "title": words("page.index", language),
            "description": words("page.index_description", language),
            "groups": GROUPS,
        }
        return self._page("index", language, "", values)

    def _topic(self, language: Language, topic: str) -> Prepared:
        values = {
            "title": words(f"topic.{topic}", language),
            "description": description(topic, language),
            "sections": list(sections(topic, language)),
        }
        return self._page("topic", language, topic, values)

    def _missing(self, language: Language) -> Prepared:
        html = self._html("missing", language, "", {"title": words("page.missing_title", language)})
        return Prepared(html, "text/html", GUARDS | UNKEPT | {"Content-Language": language}, 404)

    def _page(
        self, name: str, language: Language, topic: str, values: Mapping[str, object]
    ) -> Prepared:
        html = self._html(name, language, topic, values)
        return Prepared(html, "text/html", GUARDS | SHORT | {"Content-Language": language})

    def _html(self, name: str, language: Language, topic: str, values: Mapping[str, object]) -> str:
        frame = {
            "lang": language,
            "other": "fr" if language == "ar" else "ar",
            "topic": topic,
            "base": self._settings.base_url,
            "style": STYLE_PATH.format(version=self.style.version),
            "trial": self._settings.trial,
            "address": address,
            "words": words,
            "t": partial(words, language=language),
        }
        return templates().get_template(f"procedures_{name}.html").render(frame, **values)

    def _sitemap(self) -> Prepared:
        pages = [{lang: address(lang, topic) for lang in LANGUAGES} for topic in ("", *self.topics)]
        template = templates().get_template("procedures_sitemap.xml")
        text = template.render(base=self._settings.base_url, pages=pages)
        return Prepared(text, "application/xml", GUARDS | SHORT)


def routes(settings: Settings) -> APIRouter:
    """The pages, their style sheet, and what search engines ask for."""
    pages = Pages(settings)
    router = APIRouter()
    rule = auth(PUBLIC)

    @router.api_route(ROOT, methods=READ, openapi_extra=rule)
    async def first(request: Request) -> Response:
        """To the index in the language the person reads."""
        headers = GUARDS | UNKEPT | {"Vary": "Accept-Language, Cookie"}
        return RedirectResponse(address(preferred_language(request)), 302, headers)

    @router.api_route(STYLE_PATH, methods=READ, openapi_extra=rule)
    async def style(request: Request, version: str) -> Response:
        """Under the name of its content: kept for a year, and another one after a change."""
        is_this = version == pages.style.version
        return (pages.style if is_this else pages.other_style).answer(request)

    @router.api_route(f"{ROOT}/{{path:path}}", methods=READ, openapi_extra=rule)
    async def page(request: Request, path: str) -> Response:
        """A page, else one that says it is not there, in the language of its address."""
        return pages.at(path, preferred_language(request)).answer(request)

    @router.api_route("/sitemap.xml", methods=READ, openapi_extra=rule)
    async def sitemap(request: Request) -> Response:
        """Every page in both languages."""
        return pages.sitemap.answer(request)

    @router.api_route("/robots.txt", methods=READ, openapi_extra=rule)
    async def robots(request: Request) -> Response:
        """What may be indexed."""
        return pages.robots.answer(request)

    return router
