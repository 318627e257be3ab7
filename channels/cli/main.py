"""The command `hala`.

Each command imports what it needs when it runs: `hala segments` must not wait for the database's
libraries.
"""

from __future__ import annotations

import signal
import sys

import typer

from channels.cli import keys, privacy, service, tools, trial, upkeep
from channels.cli.faults import sentence_of

app = typer.Typer(
    name="hala",
    help="Hala, bilingual assistant of Morocco's civil registry.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local values would show what citizens wrote.
    pretty_exceptions_enable=False,
)
for part in (service, trial, tools, upkeep, keys, privacy):
    part.register(app)


def main() -> int:
    """Run the command line; a fault that an operator can mend is one sentence and status 1."""
    signal.signal(signal.SIGTERM, _end)
    try:
        app(prog_name="hala")
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        sys.stderr.write(f"hala: {sentence}\n")
        return 1
    return 0


def _end(number: int, frame: object) -> None:
    # As Ctrl-C does: what was started is stopped on the way out.
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
