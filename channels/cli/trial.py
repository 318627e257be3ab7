"""`hala talk`: one conversation at the terminal, through all that a citizen's goes through."""

from __future__ import annotations

from typing import Annotated

import typer

from channels.cli.tools import ChannelName, Json, LanguageName, Now


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(talk)


def talk(
    channel: Annotated[ChannelName, typer.Option(help="Channel whose limits apply.")] = "sms",
    lang: Annotated[LanguageName | None, typer.Option(help="Language chosen beforehand.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Who talks; the same one goes on where it stopped.")
    ] = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Talk as a citizen would. A line is a message, or {"text"}, {"choice"} or {"now"}."""
    from channels.cli.console import Caller
    from channels.cli.talk import run
    from integrations.platform.settings import Settings

    settings = Settings.load()
    run(settings, Caller(channel, lang, address), now or settings.clock, as_json)
