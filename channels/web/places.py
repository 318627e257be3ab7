"""`GET /chat/communes`: the search beside the text field. Nothing personal goes in or out."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request, Response
from limits import RateLimitItemPerMinute

from bot.answers.commune_search import search
from bot.answers.result import Language
from bot.wording import wording
from channels.auth import PUBLIC, auth
from channels.problems import ProblemError
from channels.services import Services
from channels.web.limiting import Limits
from channels.web.origins import client_of
from channels.web.preferring import preferred_language

SEARCHES = RateLimitItemPerMinute(600, namespace="web-communes")
"""Of one address: a mobile operator puts many people behind one."""
LONGEST_QUERY = 60
# What a query finds changes with a release only.
_HEADERS = {
    "Cache-Control": "public, max-age=86400",
    "Vary": "Accept-Language, Cookie",
    "X-Content-Type-Options": "nosniff",
}


def routes(services: Services) -> APIRouter:
    """The one route."""
    limits = Limits(services.valkey, services.db.crypto)
    router = APIRouter(tags=["web"])

    @router.get("/chat/communes", openapi_extra=auth(PUBLIC), response_model=None)
    async def communes(request: Request, q: str = "", kind: str = "") -> Response:
        """At most eight places whose name begins with `q`, or nearly is `q`. `kind` is that of the
        answer waited for; for an arrondissement only these."""
        language = _language(request)
        if not await limits.allows_here(SEARCHES, client_of(request)):
            said = wording("web.commune.offline", language, "web")
            raise ProblemError(429, "web.too_many_searches", said)
        found = search(q[:LONGEST_QUERY], language, only_parts=kind == "arrondissement")
        body = [{"code": code, "label": label} for code, label in found]
        return Response(orjson.dumps(body), media_type="application/json", headers=_HEADERS)

    return router


def _language(request: Request) -> Language:
    asked = request.query_params.get("lang")
    if asked == "fr":
        return "fr"
    return "ar" if asked == "ar" else preferred_language(request)
