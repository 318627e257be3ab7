"""The gateway: mounts the routes that channels return, and what every request passes through.

`uvicorn channels.app:create_app --factory`. A new channel is one line in `_channels`.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from actions.core import Core, real_core
from actions.messages import Turn
from bot.answers.warming import warm_up
from channels import health, observe, register
from channels.background import Background
from channels.limits import BodyLimit
from channels.observe import Observe
from channels.problems import add_problem_answers
from channels.services import Services, open_services
from channels.sms.twilio import TwilioSms
from channels.web import page, papers, places, procedures, receipts
from channels.web import routes as web_chat
from integrations.platform.clock import local
from integrations.platform.logs import configure_logs, get_logger
from integrations.platform.settings import Settings
from integrations.understanding.server import is_ready

log = get_logger(__name__)
FINISH_SECONDS = 4.0


def create_app(settings: Settings | None = None, core: Core | None = None) -> FastAPI:
    """The gateway's application. Without settings they, and the logs, follow the environment."""
    chosen = settings or Settings.load()
    if settings is None:
        configure_logs(chosen)
    used = core or real_core()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        background = Background()
        async with open_services(chosen, used) as services:
            for router in _routers(services, background):
                app.include_router(router)
            warm_up(local(services.clock.now()))
            # What is loaded by now lives as long as the process: the collector need not look at it.
            gc.freeze()
            log.info("gateway.started", env=chosen.env)
            yield
            await background.finish(FINISH_SECONDS)

    app = FastAPI(title="Hala", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    add_problem_answers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Observe)
    return app


def _routers(services: Services, background: Background) -> Iterator[APIRouter]:
    yield observe.routes(services.db)
    yield health.routes(
        services.db,
        {
            "understanding": lambda: is_ready(services.settings.understanding_base),
            "valkey": services.valkey.ping,
        },
    )
    yield from _channels(services, background)


def _channels(services: Services, background: Background) -> Iterator[APIRouter]:
    yield _sms(services, background)
    yield web_chat.routes(services, background)
    yield procedures.routes(services.settings)
    yield page.routes(services.settings)
    yield places.routes(services)
    yield papers.routes(services)
    yield receipts.routes(services)
    yield register.routes(services)


def _sms(services: Services, background: Background) -> APIRouter:
    handler = services.handler

    def answer_later(turn: Turn) -> None:
        background.start(handler.drain(turn.conversation_id, turn.found))

    return TwilioSms(
        services.settings, services.db, services.clock, handler.accept, answer_later
    ).routes()
