"""A worker as a process, for tests that kill it: `python -m tests.channels.worker_process`.

Its settings come from the environment, as the real worker's do; only its patience and its core are
those of the tests.
"""

from __future__ import annotations

import asyncio

from channels.worker import run
from integrations.platform.logs import configure_logs
from integrations.platform.settings import Settings
from tests.support.gateway import COUNTING
from tests.support.worker import IMPATIENT


def main() -> None:
    """Run until stopped or killed."""
    settings = Settings.load()
    configure_logs(settings)
    asyncio.run(run(settings, IMPATIENT, COUNTING))


if __name__ == "__main__":
    main()
