"""Makes processes that tests kill, quickly: everything is imported once, and each is a fork.

`python -m tests.support.nursery gateway|worker`: a line on standard input starts one, with settings
from the environment and the tests' core; the answer is its process id.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import uvicorn

from channels.app import create_app
from channels.worker import run
from integrations.platform.logs import configure_logs
from integrations.platform.settings import Settings
from tests.support.gateway import COUNTING
from tests.support.worker import IMPATIENT


def serve(settings: Settings) -> None:
    """A gateway, until it is killed."""
    app = create_app(settings, COUNTING)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="critical", access_log=False)


def work(settings: Settings) -> None:
    """A worker, until it is stopped or killed."""
    asyncio.run(run(settings, IMPATIENT, COUNTING))


KINDS = {"gateway": serve, "worker": work}


def main(kind: str) -> None:
    """Start one for each line."""
    settings = Settings.load()
    configure_logs(settings)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    while sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            KINDS[kind](settings)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
