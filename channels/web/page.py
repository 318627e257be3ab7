"""The citizen's page and what belongs to it: `/`, its files, `/widget.js`, the search of communes.

The pages do not change while the process runs: they are made at start, one for each language and
frame, and a request only picks one.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from bot.answers.result import Language
from bot.wording import wording
from channels.auth import PUBLIC, auth
from channels.problems import ProblemError
from channels.web import assets
from channels.web.headers import page_headers
from channels.web.preferring import preferred_language
from channels.web.prepared import Prepared
from integrations.platform.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"
TEMPLATE = "chat.html"
LANGUAGES: tuple[Language, Language] = ("ar", "fr")
WELCOME = (
    ("do:start_declare_birth", "child", "web.welcome.birth"),
    ("do:start_check_status", "search", "web.welcome.status"),
    ("do:papers", "papers", "web.welcome.papers"),
    ("do:agent", "person", "web.do.agent"),
)
WIDGET_WORDS = {
    "open": "web.widget.open",
    "close": "web.widget.close",
    "title": "web.title",
}
READ = ["GET", "HEAD"]
_KEY = re.compile(r'"(web(?:\.[a-z_]+)+)"')


@cache
def sentence_keys() -> tuple[str, ...]:
    """The sentences that the modules name: the page carries these, in both languages."""
    named = "".join(assets.texts().values()) + (TEMPLATES / TEMPLATE).read_text("utf-8")
    return tuple(sorted({*_KEY.findall(named), *(key for _, _, key in WELCOME)}))


def strings() -> dict[Language, dict[str, str]]:
    """Those sentences by language and key. Raises MissingWordingError for one that is not there."""
    return {lang: {key: wording(key, lang, "web") for key in sentence_keys()} for lang in LANGUAGES}


def routes(settings: Settings) -> APIRouter:
    """The page, its files and the widget."""
    made = {
        (lang, embed): _page(settings, lang, embed) for lang in LANGUAGES for embed in (False, True)
    }
    files, widget = assets.prepared(), assets.widget(_widget_words())
    router = APIRouter()
    rule = auth(PUBLIC)

    @router.api_route("/", methods=READ, openapi_extra=rule)
    async def page(request: Request) -> Response:
        """In the language asked for, else the one chosen before, else the browser's."""
        asked = request.query_params.get("lang")
        lang = next((one for one in LANGUAGES if one == asked), None)
        embed = request.query_params.get("embed") == "1"
        return made[lang or preferred_language(request), embed].answer(request)

    @router.api_route("/web/{version}/{file}", methods=READ, openapi_extra=rule)
    async def file(request: Request, version: str, file: str) -> Response:
        """A file under the name of its content; an older name is gone."""
        if version != assets.version() or file not in files:
            raise ProblemError(404, "http.404")
        return files[file].answer(request)

    @router.api_route("/widget.js", methods=READ, openapi_extra=rule)
    async def script(request: Request) -> Response:
        """The script that other sites include."""
        return widget.answer(request)

    return router


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    return made


def _page(settings: Settings, lang: Language, embed: bool) -> Prepared:
    said = strings()
    html = (
        _templates()
        .get_template(TEMPLATE)
        .render(
            lang=lang,
            embed=embed,
            trial=settings.trial,
            strings=said,
            t=said[lang].__getitem__,
            languages={one: wording("page.language_name", one, "web") for one in LANGUAGES},
            procedures={one: said[one]["web.procedures"] for one in LANGUAGES},
            welcome=WELCOME,
            static=assets.address(),
            modules=assets.modules(),
        )
    )
    headers = page_headers(settings, embed) | {
        "Content-Language": lang,
        "Vary": "Accept-Encoding, Accept-Language, Cookie",
    }
    return Prepared(html, "text/html", headers)


def _widget_words() -> str:
    words = {
        lang: {name: wording(key, lang, "web") for name, key in WIDGET_WORDS.items()}
        for lang in LANGUAGES
    }
    return json.dumps(words, ensure_ascii=False)
