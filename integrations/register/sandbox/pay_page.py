"""The page of a bank that does not exist, `/pay/{token}`: no card is asked, no money taken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.dates import format_datetime
from babel.numbers import format_decimal
from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from sqlalchemy import RowMapping
from starlette.responses import HTMLResponse, Response

from integrations.platform.clock import CASABLANCA
from integrations.register.sandbox import payments
from integrations.register.sandbox.copy_orders import quote_of
from integrations.register.sandbox.operations import PAYER, Operation, Register
from integrations.register.sandbox.problems import ProblemError
from integrations.register.sandbox.wording import LANGUAGES, wording

TEMPLATES = Environment(
    loader=PackageLoader("integrations.register.sandbox", "pages"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
STATUSES = {"unknown": 404, "already_paid": 409, "lapsed": 410}
OPEN = frozenset({"open", "declined", "abandoned"})
PATTERNS = {"fr": "EEEE d MMMM y 'à' HH:mm", "ar": "EEEE d MMMM y 'على الساعة' HH:mm"}


def routes(register: Register) -> APIRouter:
    """The page, what its buttons do, and its style."""
    router = APIRouter(include_in_schema=False)

    @router.get("/pay/style.css")
    async def style() -> Response:
        """The page's style."""
        source, *_ = TEMPLATES.loader.get_source(TEMPLATES, "pay.css")  # type: ignore[union-attr]
        return Response(source, media_type="text/css")

    @router.get("/pay/{token}")
    async def page(request: Request, token: str, lang: str = "") -> Response:
        """What is to be paid, or how it ended."""
        payment_id = payments.payment_id_of(register, token)
        async with register.operation(PAYER, "payment.page", _plain(payment_id)) as operation:
            order = await payments.order_of(operation, payment_id)
            if order is None:
                return _shown("unknown", lang or _asked(request), {})
            outcome = payments.standing(order, operation.now)
            about = await _about(operation, order, token)
        outcome = "paid" if outcome == "already_paid" else outcome
        return _shown(outcome, lang or order["language"], about, 200)

    @router.post("/pay/{token}")
    async def choose(request: Request, token: str, lang: str = "") -> Response:
        """Pay, be declined, leave."""
        form = await request.form()
        choice = form.get("choice")
        if choice not in ("pay", "decline", "abandon"):
            raise ProblemError(400, "invalid_request")
        payment_id = payments.payment_id_of(register, token)
        async with register.operation(PAYER, f"payment.{choice}", _plain(payment_id)) as operation:
            order = await payments.order_of(operation, payment_id)
            if order is None:
                return _shown("unknown", lang or _asked(request), {})
            outcome = await payments.choose(operation, order, choice)  # type: ignore[arg-type]
            about = await _about(operation, order, token)
        return _shown(outcome, lang or order["language"], about)

    return router


async def _about(operation: Operation, order: RowMapping, token: str) -> dict[str, Any]:
    quote = await quote_of(operation, order)
    # Who pays may be somebody else: the order's number is all of it that is shown.
    return {
        "token": token,
        "reference": "\u00a0".join(order["reference"][at : at + 4] for at in (0, 4, 8)),
        "total": str(quote["total"]),
        "lines": [(f"fee.{line['code']}", line["amount"]) for line in quote["lines"]],
        "until": order["pay_until"],
    }


def _shown(
    outcome: str, language: str, about: dict[str, Any], status: int | None = None
) -> Response:
    language = language if language in LANGUAGES else "ar"
    until = about.get("until")
    html = TEMPLATES.get_template("pay.html").render(
        about
        | {
            "language": language,
            "other": "fr" if language == "ar" else "ar",
            "outcome": outcome,
            "is_open": outcome in OPEN,
            "until": _time(until, language) if until else "",
            "say": lambda key, **values: wording(key, language, **values),
            "dirhams": lambda amount: _dirhams(amount, language),
        }
    )
    return HTMLResponse(html, status or STATUSES.get(outcome, 200), HEADERS)


def _time(moment: Any, language: str) -> str:
    pattern, locale = PATTERNS[language], f"{language}_MA"
    return format_datetime(moment, pattern, tzinfo=CASABLANCA, locale=locale)


def _dirhams(amount: str, language: str) -> str:
    figure = format_decimal(Decimal(amount), "0.00", locale=f"{language}_MA")
    return wording("pay.dirhams", language, amount=figure)


def _plain(payment_id: UUID | None) -> str | None:
    return None if payment_id is None else str(payment_id)


def _asked(request: Request) -> str:
    return "fr" if request.headers.get("accept-language", "").startswith("fr") else "ar"
