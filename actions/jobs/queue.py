"""Jobs that are not replies: procrastinate on our PostgreSQL, ids as their only arguments.

Its `lock` is not used (replies are ordered by the outbox), and jobs of a killed worker are taken up
by us, because procrastinate leaves them as they are.
"""

from __future__ import annotations

import procrastinate
from procrastinate.connector import BaseConnector

from integrations.platform.logs import get_logger

log = get_logger(__name__)
HEARTBEAT_SECONDS = 5.0
STALLED_AFTER_SECONDS = 20.0
_POLL_SECONDS = 1.0

blueprint = procrastinate.Blueprint()
"""Tasks register here: `@blueprint.task(queue=..., name=...)`; the worker adds them to its app."""


def connector(url: str) -> procrastinate.PsycopgConnector:
    """Connections of the jobs' own, few: the turn and the sender have another pool."""
    conninfo = url.replace("postgresql+psycopg://", "postgresql://", 1)
    return procrastinate.PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=4, kwargs={"application_name": "hala-jobs"}
    )


def jobs_app(made: BaseConnector) -> procrastinate.App:
    """The application with every registered task."""
    app = procrastinate.App(connector=made)
    app.add_tasks_from(blueprint, namespace="hala")
    return app


async def run_jobs(app: procrastinate.App, graceful_seconds: float) -> None:
    """Work on jobs until cancelled; the app must be open."""
    await app.run_worker_async(
        concurrency=4,
        fetch_job_polling_interval=_POLL_SECONDS,
        shutdown_graceful_timeout=graceful_seconds,
        delete_jobs="successful",
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=STALLED_AFTER_SECONDS,
    )


async def retry_stalled(app: procrastinate.App) -> int:
    """Give the jobs of dead workers back to the queue; how many there were."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    count = 0
    for job in stalled:
        await app.job_manager.retry_job(job)
        log.warning("jobs.stalled_retried", job_id=job.id, task=job.task_name)
        count += 1
    return count
