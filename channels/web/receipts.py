"""`GET /receipts/{token}.pdf`: the form to print, for whoever has its link.

A link that opens nothing is answered with one and the same page, whatever the reason: used up,
withdrawn, never given.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from limits import RateLimitItemPerMinute

from actions.receipts import Receipts
from bot.wording import wording
from channels.auth import LINK, auth
from channels.services import Services
from channels.web.limiting import Limits
from channels.web.origins import client_of
from channels.web.preferring import preferred_language
from channels.web.procedure_pages import templates
from channels.web.sessions import refusal
from integrations.documents.receipt.press import Press

FETCHES = RateLimitItemPerMinute(60, namespace="web-receipts")
"""Of one address: a mobile operator puts many people behind one; a token has 256 bits."""
HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Of the page only: browsers apply a file's own policy to the viewer they show it in.
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
MISSING = 404


def routes(services: Services) -> APIRouter:
    """The one route."""
    limits = Limits(services.valkey, services.db.crypto)
    receipts = Receipts(services.db, services.clock, services.settings, Press().pdf)
    router = APIRouter(tags=["web"])

    @router.get("/receipts/{token}.pdf", openapi_extra=auth(LINK), response_model=None)
    async def receipt(request: Request, token: str) -> Response:
        """The form, to look at or to keep; a page in both languages where there is none."""
        if not await limits.allows(FETCHES, client_of(request)):
            raise refusal(429, "too_fast", preferred_language(request))
        found = await receipts.fetch(token)
        if found is None:
            return _missing()
        headers = HEADERS | {"Content-Disposition": f'inline; filename="{found.name}"'}
        return Response(found.content, media_type="application/pdf", headers=headers)

    return router


def _missing() -> Response:
    told = [(lang, wording("receipt.gone", lang, "web")) for lang in ("ar", "fr")]
    page = templates().get_template("receipt_missing.html").render(told=told)
    return Response(page, MISSING, HEADERS | POLICY, "text/html; charset=utf-8")
