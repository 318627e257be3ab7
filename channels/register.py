"""The register's webhook: a hint that its feed moved. It carries nothing that is believed; the
worker reads the feed a little sooner for it, and would read it anyway.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.jobs.register_feed import WAKE_CHANNEL
from channels.auth import REGISTER_SIGNATURE, auth
from channels.problems import ProblemError
from channels.services import Services
from integrations.database.register_feed import is_new_hook
from integrations.register.signature import HEADER, LONGEST_SECONDS, signed_at

WEBHOOK = "/channels/register/webhook"


def routes(services: Services) -> APIRouter:
    """The webhook."""
    router = APIRouter(tags=["register"])

    @router.post(WEBHOOK, openapi_extra=auth(REGISTER_SIGNATURE), status_code=204)
    async def webhook(request: Request) -> Response:
        """Wake whoever follows the feed."""
        signature = request.headers.get(HEADER, "")
        _check(services, signature, await request.body())
        if not await is_new_hook(services.db, signature, services.clock.now()):
            raise ProblemError(403, "register.replayed")
        services.valkey.ring(WAKE_CHANNEL)
        return Response(status_code=204)

    return router


def _check(services: Services, signature: str, body: bytes) -> None:
    if not signature:
        raise ProblemError(403, "register.missing_signature")
    secret = services.settings.register_webhook_secret.get_secret_value()
    at = signed_at(signature, body, secret)
    if at is None:
        raise ProblemError(403, "register.bad_signature")
    if abs(services.clock.now().timestamp() - at) > LONGEST_SECONDS:
        raise ProblemError(403, "register.stale_signature")
