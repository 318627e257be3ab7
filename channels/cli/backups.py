"""Backup and restore with PostgreSQL's own programs, of the embedded or the configured database."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from channels.cli.faults import Fault
from channels.cli.files import new_private_file
from integrations.local import postgres
from integrations.local.account import service_account
from integrations.local.layout import Layout
from integrations.local.services import local_services
from integrations.platform.settings import Settings


def backup(file: Path) -> None:
    """Write the whole database to a new file that only we may read."""
    descriptor = new_private_file(file, "backup.file")
    try:
        with _programs() as run:
            run(["pg_dump", "--format=custom", "--no-owner"], descriptor)
    except BaseException:
        file.unlink()
        raise
    finally:
        os.close(descriptor)


def restore(file: Path) -> None:
    """Replace what the database holds, all of it or nothing."""
    if not file.is_file():
        raise Fault(f"restore.file: {file} is not a file")
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
    with _programs() as run:
        run(["pg_restore", *options, str(file)], subprocess.DEVNULL)


class _Runner:
    def __init__(self, folder: Path, database_url: str) -> None:
        parameters = conninfo_to_dict(database_url.replace("postgresql+psycopg:", "postgresql:"))
        # Not in the command line, which every user of the machine can read.
        password = str(parameters.pop("password", "") or "")
        self._environment = {**os.environ, "PGPASSWORD": password} if password else dict(os.environ)
        self._target = make_conninfo(**{name: str(value) for name, value in parameters.items()})
        self._folder = folder

    def __call__(self, command: list[str], output: int) -> None:
        program, *options = command
        done = subprocess.run(
            [str(self._folder / program), f"--dbname={self._target}", *options],
            env=self._environment,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            # The first line is the cause; later ones may quote rows.
            cause = (done.stderr.strip().splitlines() or [""])[0]
            raise Fault(f"{program}.failed: {cause[:200]}")


@contextmanager
def _programs() -> Iterator[_Runner]:
    settings = Settings.load()
    with local_services(settings) as services:
        layout = Layout(settings.data_dir.absolute())
        folder = postgres.find_programs(settings.postgres_bin_dir, layout, service_account())
        yield _Runner(folder, services.database_url)
