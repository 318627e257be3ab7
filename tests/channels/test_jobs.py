"""Jobs of a worker that died are given back to the queue; done ones leave no trace; those that
cannot be done now wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import procrastinate
import pytest

from actions.jobs.queue import app, open_jobs, retry_stalled, run_jobs
from actions.jobs.register import Transmitting
from integrations.database.engine import open_database
from integrations.database.pre_declarations import JOB, QUEUE
from integrations.platform.clock import SystemClock
from integrations.platform.crypto import Crypto
from integrations.platform.keys import load_keys
from integrations.register.rest import rest_register
from tests.support.gateway import Gateway
from tests.support.provider import Provider
from tests.support.worker import running_worker, soon, telephone, type_

pytestmark = pytest.mark.database
done: list[int] = []


@app.task(name="hala:note_for_tests")
async def note(number: int) -> None:
    """A job that only notes that it ran."""
    done.append(number)


def jobs(gateway: Gateway) -> list[tuple[object, ...]]:
    return gateway.rows(
        "select status::text, worker_id is null from procrastinate_jobs"
        " where queue_name = 'default'"
    )


@pytest.fixture
async def alone(gateway: Gateway) -> AsyncIterator[Transmitting]:
    """What hands records to a register that is not there."""
    crypto = Crypto(load_keys(gateway.settings.keys_path))
    db, register = open_database(gateway.database_url, crypto), rest_register(gateway.settings)
    yield Transmitting(db, SystemClock(), register)
    await register.close()
    await db.close()


async def working(opened: procrastinate.App, gateway: Gateway, alone: Transmitting) -> None:
    """Work until the queue is empty."""
    worker = asyncio.create_task(run_jobs(opened, 1, alone))
    try:
        await soon(lambda: jobs(gateway) == [])
    finally:
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker


async def test_a_job_deferred_in_sql_runs_once_and_is_removed(
    gateway: Gateway, alone: Transmitting
) -> None:
    done.clear()
    async with open_jobs(gateway.database_url) as opened:
        gateway.execute("select defer_job('default', 'hala:note_for_tests', '{\"number\": 7}')")
        await working(opened, gateway, alone)
    assert done == [7]


async def test_the_job_of_a_dead_worker_is_taken_up(gateway: Gateway, alone: Transmitting) -> None:
    done.clear()
    async with open_jobs(gateway.database_url) as opened:
        gateway.execute("select defer_job('default', 'hala:note_for_tests', '{\"number\": 8}')")
        gateway.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour')"
        )
        gateway.execute(
            "update procrastinate_jobs set status = 'doing',"
            " worker_id = (select max(id) from procrastinate_workers)"
        )
        assert jobs(gateway) == [("doing", False)]
        assert await retry_stalled(opened) == 1
        await working(opened, gateway, alone)
    assert done == [8]


async def test_the_job_of_a_living_worker_is_left_alone(gateway: Gateway) -> None:
    async with open_jobs(gateway.database_url) as opened:
        gateway.execute("select defer_job('default', 'hala:note_for_tests', '{\"number\": 9}')")
        gateway.execute("insert into procrastinate_workers (last_heartbeat) values (now())")
        gateway.execute(
            "update procrastinate_jobs set status = 'doing',"
            " worker_id = (select max(id) from procrastinate_workers)"
        )
        assert await retry_stalled(opened) == 0
    gateway.execute("delete from procrastinate_jobs")


async def test_records_for_the_register_wait_until_there_is_one(
    gateway: Gateway, provider: Provider
) -> None:
    done.clear()
    waiting = "select queue_name, task_name, status::text, attempts > 0 from procrastinate_jobs"
    gateway.execute("select defer_job('default', 'hala:note_for_tests', '{\"number\": 10}')")
    async with running_worker(gateway):
        for _ in range(2):
            await type_(provider, "submit a", telephone())
        await soon(lambda: done == [10] and jobs(gateway) == [])
        await soon(lambda: gateway.rows(waiting) == [(QUEUE, JOB, "todo", True)] * 2)
    assert gateway.rows(waiting) == [(QUEUE, JOB, "todo", True)] * 2
    metrics = (await asyncio.to_thread(gateway.get, "/metrics")).text
    assert f'hala_jobs_waiting{{queue="{QUEUE}"}} 2.0' in metrics
    gateway.execute("delete from procrastinate_jobs")


def test_a_register_with_nothing_to_do_is_told_too(gateway: Gateway) -> None:
    assert f'hala_jobs_waiting{{queue="{QUEUE}"}} 0.0' in gateway.get("/metrics").text
