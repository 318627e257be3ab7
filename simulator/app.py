"""The simulator's web service: the provider's API, the telephone, the switches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from simulator.config import SimulatorConfig
from simulator.phone import PAGE, Phone
from simulator.store import Store
from simulator.switches import Switches
from simulator.twilio_api import TwilioApi
from simulator.webhooks import Webhooks


def create_app(config: SimulatorConfig) -> FastAPI:
    """The service; its state is in `app.state.store` and `app.state.switches`."""
    store, switches = Store(), Switches()
    webhooks = Webhooks(config, switches, store)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await webhooks.aclose()

    app = FastAPI(title="Hala simulator", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.store, app.state.switches, app.state.webhooks = store, switches, webhooks
    app.include_router(TwilioApi(config, store, switches, webhooks).routes())
    app.include_router(Phone(config, store, switches, webhooks).routes())
    _add_control(app, switches)
    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    return app


def _add_control(app: FastAPI, switches: Switches) -> None:
    @app.get("/control")
    async def read_switches() -> Switches:
        """The switches as they stand."""
        return switches

    @app.post("/control")
    async def set_switches(wanted: Switches) -> Switches:
        """Set the switches that are named; the others stay."""
        for name in wanted.model_fields_set:
            setattr(switches, name, getattr(wanted, name))
        return switches

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}
