"""`hala serve`: the whole service by one command."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(serve)


def serve(
    port: Annotated[int | None, typer.Option(help="Port of the gateway (HALA_PORT).")] = None,
) -> None:
    """Run everything: database, gateway, worker, understanding, register, simulator."""
    from channels.cli.serve import run
    from integrations.platform.settings import Settings

    raise typer.Exit(run(Settings.load(**({} if port is None else {"port": port}))))
