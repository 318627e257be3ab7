"""`hala privacy`: what is held about a person, shown to them or erased for them.

For requests by letter or at a desk, once whoever asks was identified; by message, a citizen does it
alone. The log says that it was done and how much there was, never about whom.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from channels.cli.faults import Fault
from channels.cli.files import new_private_file
from channels.cli.lines import to_stderr, use_utf8

if TYPE_CHECKING:
    from integrations.database.engine import Database

commands = typer.Typer(help="What is held about a person: shown, erased.", no_args_is_help=True)
Address = Annotated[str, typer.Argument(help="Their telephone number, as +212612345678.")]
Found = TypeVar("Found")
E164 = re.compile(r"\+[1-9]\d{6,14}")
# By erasing; each has its own term (docs/privacy.md). A conversation is then the number alone, with
# its opt-out.
KEPT = ("conversations", "consents", "pre_declarations")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (export, erase):
        commands.command()(command)
    app.add_typer(commands, name="privacy")


def export(
    address: Address,
    out: Annotated[
        Path | None, typer.Option(help="A new file that only you may read; else standard output.")
    ] = None,
) -> None:
    """Everything held about a person, readable, as JSON."""
    from actions.privacy import export_sender, held

    use_utf8()
    number = _number(address)

    async def run(db: Database) -> tuple[dict[str, Any], dict[str, int]]:
        return await export_sender(db, number), await held(db, number)

    found, counts = _on_database(run)
    _need_some(counts)
    shown = json.dumps(found, ensure_ascii=False, indent=2, default=_plain)
    _hand_over(shown, out)
    _audit("held data exported", counts)


def erase(
    address: Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Erase what a person wrote and was told. What was submitted keeps its own term."""
    from actions.privacy import erase as erase_held
    from actions.privacy import held
    from integrations.platform.clock import clock_from
    from integrations.platform.settings import Settings

    number = _number(address)
    counts = _on_database(lambda db: held(db, number))
    _need_some(counts)
    to_stderr(f"held: {_listed(counts)}")
    if not yes:
        typer.confirm("Erase it for ever?", abort=True, err=True)
    now = clock_from(Settings.load().clock).now()
    _on_database(lambda db: erase_held(db, number, now))
    kept = {name: counts[name] for name in KEPT if counts[name]}
    gone = {name: count for name, count in counts.items() if name not in KEPT}
    print(f"erased: {_listed(gone)}" + (f"; kept: {_listed(kept)}" if kept else ""))
    _audit("held data erased", counts)


def _number(address: str) -> str:
    """The number as the channels have it. The fault does not repeat it: it may end in a log."""
    from bot.answers import parse
    from bot.answers.result import Accepted, AnswerContext
    from integrations.platform.clock import SystemClock, local

    if E164.fullmatch(address):
        return address  # as channels give it, whatever ranges are known to be in use
    parsed = parse("phone", address, AnswerContext("fr", local(SystemClock().now())))
    if not isinstance(parsed, Accepted):
        raise Fault("privacy.no_number: this is no telephone number; write it as +212612345678")
    return str(parsed.value)


def _on_database(work: Callable[[Database], Awaitable[Found]]) -> Found:
    from integrations.database.startup import open_configured
    from integrations.local.services import local_services
    from integrations.platform.settings import Settings

    settings = Settings.load()

    async def run(database_url: str) -> Found:
        db = open_configured(settings, database_url)
        try:
            return await work(db)
        finally:
            await db.close()

    with local_services(settings) as services:
        return asyncio.run(run(services.database_url))


def _need_some(counts: Mapping[str, int]) -> None:
    if not any(counts.values()):
        raise Fault("privacy.not_found: nothing is held about this number")


def _hand_over(shown: str, out: Path | None) -> None:
    if out is None:
        print(shown)
        return
    with open(new_private_file(out, "privacy.file"), "w", encoding="utf-8") as file:
        file.write(shown + "\n")
    to_stderr(f"written: {out}")


def _audit(event: str, counts: Mapping[str, int]) -> None:
    from integrations.platform.logs import configure_logs, get_logger
    from integrations.platform.settings import Settings

    configure_logs(Settings.load())
    get_logger(__name__).info(event, **counts)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', '-')}" for name, count in counts.items())


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
