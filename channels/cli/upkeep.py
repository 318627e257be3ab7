"""Commands for whoever runs the service: model, schema, backups, benchmarks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from channels.cli.faults import Fault

PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
FileArgument = Annotated[Path, typer.Argument(help="The backup file.")]

bench = typer.Typer(help="The benchmarks.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (train, evaluate, migrate, backup, restore):
        app.command()(command)
    app.command(context_settings=PASSED_ON)(rasa)
    app.add_typer(bench, name="bench")


def train(
    force: Annotated[bool, typer.Option("--force", help="Train even if nothing changed.")] = False,
) -> None:
    """Train understanding, unless a model of the present data is there."""
    from channels.cli import understanding
    from integrations.platform.settings import CHECKOUT, Settings

    understanding.train(CHECKOUT, Settings.load().data_dir, _say, force)


def evaluate() -> None:
    """Score the model on the held-out sentences, per variety."""
    from channels.cli import understanding
    from integrations.platform.settings import CHECKOUT, Settings

    settings = Settings.load()
    start = partial(understanding.start_of, CHECKOUT, settings.data_dir, _say)
    report = understanding.evaluate(CHECKOUT, settings.data_dir, settings.understanding_base, start)
    print(understanding.table(report))


def rasa(context: typer.Context) -> None:
    """Rasa's own commands in its environment, with this project's paths where none are given."""
    from channels.cli import understanding
    from integrations.platform.settings import CHECKOUT, Settings

    raise typer.Exit(understanding.run_rasa(CHECKOUT, Settings.load().data_dir, context.args))


def migrate() -> None:
    """Bring the database's schema up to date."""
    from integrations.database.migrate import migrate as run
    from integrations.local.services import local_services
    from integrations.platform.settings import Settings

    with local_services(Settings.load()) as services:
        run(services.database_url)


def backup(file: FileArgument) -> None:
    """Write the database to a file (0600). The key file is not in it: keep that elsewhere."""
    from channels.cli import backups

    backups.backup(file)
    print(f"written: {file}; without the key file it cannot be read")


def restore(
    file: FileArgument,
    replace: Annotated[bool, typer.Option("--replace", help="Yes: drop what is there.")] = False,
) -> None:
    """Put a backup in the place of everything in the database. Stop the service first."""
    from channels.cli import backups

    if not replace:
        raise Fault("restore.not_confirmed: this drops what the database holds; add --replace")
    backups.restore(file)
    print("restored")


@bench.command(context_settings=PASSED_ON)
def turns(context: typer.Context) -> None:
    """Durable turns per second, latencies, CPU and memory."""
    _run("bench.turns", context.args)


@bench.command(context_settings=PASSED_ON)
def web(context: typer.Context) -> None:
    """The web chat with many open pages: latencies, memory, a gateway that dies."""
    _run("bench.web.run", context.args)


@bench.command(context_settings=PASSED_ON)
def page(context: typer.Context) -> None:
    """What the page of the web chat costs a slow phone on a bad line."""
    _run("bench.web.page", context.args)


def _run(module: str, arguments: Sequence[str]) -> NoReturn:
    from integrations.platform.settings import CHECKOUT

    path = f"{module.replace('.', '/')}.py"
    if not (CHECKOUT / path).exists():
        raise Fault(f"bench.missing: {path} is not in this checkout")
    command = [sys.executable, "-m", module, *arguments]
    raise typer.Exit(subprocess.run(command, cwd=CHECKOUT, check=False).returncode)


def _say(line: str) -> None:
    print(line, flush=True)
