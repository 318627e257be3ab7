"""Jobs that are not replies: procrastinate on our PostgreSQL, ids as their only arguments.

Its `lock` is not used (replies are ordered by the outbox), and jobs of a killed worker are taken up
by us, because procrastinate leaves them as they are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import procrastinate

from actions.jobs import register
from actions.jobs.register import Transmitting
from integrations.database.pre_declarations import JOB, QUEUE
from integrations.platform.logs import get_logger

log = get_logger(__name__)
HEARTBEAT_SECONDS = 5.0
STALLED_AFTER_SECONDS = 20.0
_POLL_SECONDS = 1.0

QUEUES = ("default", QUEUE)
"""What our workers take. A job taken by a worker without its task would fail for good: a queue is
named here in the release that has its tasks."""

app = procrastinate.App(connector=procrastinate.PsycopgConnector())
"""Tasks register here: `@app.task(name="hala:...")`. One for the process: procrastinate renames the
tasks of a blueprint each time it is added to an app. It has no database until `open_jobs`."""


@asynccontextmanager
async def open_jobs(url: str) -> AsyncIterator[procrastinate.App]:
    """The app on a database, with few connections of its own: the turn has another pool."""
    connector = procrastinate.PsycopgConnector(
        conninfo=url.replace("postgresql+psycopg://", "postgresql://", 1),
        min_size=1,
        max_size=4,
        kwargs={"application_name": "hala-jobs"},
    )
    with app.replace_connector(connector) as connected:
        async with connected.open_async():
            yield connected


@app.task(name=JOB, queue=QUEUE, retry=register.ForEver(), pass_context=True)
async def transmit_pre_declaration(
    context: procrastinate.JobContext, pre_declaration_id: str
) -> None:
    """Hand a record to the register."""
    transmitting: Transmitting = context.additional_context["transmitting"]
    await transmitting.run(UUID(pre_declaration_id))


async def run_jobs(
    opened: procrastinate.App, graceful_seconds: float, transmitting: Transmitting
) -> None:
    """Work on jobs until cancelled."""
    await opened.run_worker_async(
        queues=list(QUEUES),
        concurrency=4,
        fetch_job_polling_interval=_POLL_SECONDS,
        shutdown_graceful_timeout=graceful_seconds,
        delete_jobs="successful",
        install_signal_handlers=False,
        additional_context={"transmitting": transmitting},
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=STALLED_AFTER_SECONDS,
    )


async def retry_stalled(opened: procrastinate.App) -> int:
    """Give the jobs of dead workers back to the queue; how many there were."""
    stalled = await opened.job_manager.get_stalled_jobs(
        seconds_since_heartbeat=STALLED_AFTER_SECONDS
    )
    count = 0
    for job in stalled:
        await opened.job_manager.retry_job(job)
        log.warning("jobs.stalled_retried", job_id=job.id, task=job.task_name)
        count += 1
    return count
