"""A record reaches the register exactly once, in its newest version, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import procrastinate
import psycopg
import pytest
from procrastinate.jobs import Job
from sqlalchemy import text

from actions.jobs.queue import app
from actions.jobs.register import ForEver, Transmitting, wait_after
from bot.register import RegisterAwayError
from integrations.database import pre_declarations, transmissions
from integrations.database.engine import Database, open_database
from integrations.database.retention import erase_expired
from integrations.database.waiting import waiting
from integrations.local.services import Endpoints
from integrations.platform.clock import SystemClock
from integrations.platform.crypto import Crypto
from integrations.platform.keys import load_keys
from integrations.platform.settings import Settings
from integrations.register.rest import RestRegister
from integrations.register.transport import Account, Patience, Transport
from tests.support.gateway import gateway_settings
from tests.support.processes import running_process
from tests.support.records import NOW, PNG, Declared, declare, jobs_left, until_all_is_done
from tests.support.sandbox import CLIENT, SECRET, Sandbox, running_sandbox
from tests.support.services import service_folder
from tests.support.serving import free_port
from tests.support.worker import soon

pytestmark = pytest.mark.database
HASTY = Patience(call=5, tries=2, first_pause=0.01)


@pytest.fixture
async def register(sandbox: Sandbox) -> AsyncIterator[RestRegister]:
    made = RestRegister(Transport(sandbox.base, Account(CLIENT, SECRET), HASTY))
    yield made
    await made.close()


@pytest.fixture
def to(db: Database, register: RestRegister) -> Transmitting:
    return Transmitting(db, SystemClock(), register)


def held(sandbox: Sandbox, declared: Declared) -> list[tuple[Any, ...]]:
    """Version and status of what the register has under a reference."""
    return sandbox.rows(
        "select version, status from pre_declaration where reference = %s", declared.reference
    )


def content(sandbox: Sandbox, declared: Declared) -> dict[str, Any]:
    """What the register has of it, as an officer sees it."""
    found: dict[str, Any] = sandbox.operator(
        "GET", f"/sandbox/pre-declarations/{declared.reference}"
    ).json()["content"]
    return found


def attached(sandbox: Sandbox, declared: Declared) -> set[str]:
    """The papers that the register has."""
    found = sandbox.rows(
        "select a.id from attachment a join pre_declaration p using (transaction_id)"
        " where p.reference = %s",
        declared.reference,
    )
    return {str(row[0]) for row in found}


async def test_a_record_is_handed_over_with_everything_that_belongs_to_it(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db, child_given_name_latin="Ghita")
    paper = await declared.attach()
    await until_all_is_done(database_url, to)
    assert held(sandbox, declared) == [(1, "received")]
    told = content(sandbox, declared)
    assert told["values"]["child_given_name_latin"] == "Ghita"
    assert (told["language"], told["missing"]) == ("fr", ["birth_time"])
    assert [paper["kind"] for paper in told["papers"]] == ["birth_notice", "identity"]
    assert attached(sandbox, declared) == {str(paper)}
    row = await declared.row()
    assert (row.status, row.transmitted_version, row.refusal_code) == ("transmitted", 1, None)


async def test_a_job_that_runs_again_does_nothing(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    await until_all_is_done(database_url, to)
    before = sandbox.rows("select count(*) from audit")
    await to.run((await declared.row()).id)
    assert sandbox.rows("select count(*) from audit") == before


async def test_a_paper_shown_before_sending_counts_as_brought(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    await declared.attach()
    await declared.complete(birth_time="10:30")
    await until_all_is_done(database_url, to)
    papers = {paper["kind"]: paper["brought"] for paper in content(sandbox, declared)["papers"]}
    assert papers == {"birth_notice": True, "identity": False}


async def test_a_newer_version_that_comes_while_one_is_on_its_way_follows_it(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    sandbox.faults(slow_ms=300)
    running = asyncio.create_task(until_all_is_done(database_url, to))
    await asyncio.sleep(0.2)
    await declared.complete(birth_time="10:30")
    await running
    assert held(sandbox, declared) == [(2, "received")]
    assert content(sandbox, declared)["values"]["birth_time"] == "10:30"
    assert (await declared.row()).transmitted_version == 2


async def test_an_older_version_that_comes_late_moves_nothing_back(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    older = await transmissions.find(db, (await declared.row()).id)
    assert older is not None
    assert older.content is not None
    await declared.complete(birth_time="10:30")
    await until_all_is_done(database_url, to)
    await to._submit(older)
    assert held(sandbox, declared) == [(2, "received")]
    assert (await declared.row()).transmitted_version == 2


async def test_papers_that_come_and_go_later_follow(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    await until_all_is_done(database_url, to)
    kept, removed = await declared.attach(), await declared.attach(PNG + b"1")
    await until_all_is_done(database_url, to)
    assert attached(sandbox, declared) == {str(kept), str(removed)}
    await declared.remove(removed)
    await until_all_is_done(database_url, to)
    assert attached(sandbox, declared) == {str(kept)}


async def test_a_withdrawn_record_is_taken_back_and_forgotten(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    await declared.attach()
    await until_all_is_done(database_url, to)
    await declared.withdraw()
    assert await status(declared) == "withdrawing"
    await until_all_is_done(database_url, to)
    assert held(sandbox, declared) == [(1, "withdrawn")]
    row = await declared.row()
    assert (row.status, row.body_enc, row.register_enc) == ("withdrawn", None, None)
    async with db.engine.connect() as connection:
        left = "select count(content_enc) from attachment where draft_id = :id"
        assert await connection.scalar(text(left), {"id": declared.draft_id}) == 0


async def test_what_was_withdrawn_before_it_was_sent_is_never_sent(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    await declared.withdraw()
    await until_all_is_done(database_url, to)
    assert held(sandbox, declared) == []
    assert (await declared.row()).status == "withdrawn"


async def test_a_withdrawal_that_overtakes_the_record_still_takes_it_back(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    record_id = (await declared.row()).id
    sandbox.faults(slow_ms=200)
    sending = asyncio.create_task(to.run(record_id))
    await soon(lambda: sandbox.operator("GET", "/sandbox/faults").json()["happened"])
    await declared.withdraw()
    sandbox.faults()
    await to.run(record_id)
    await sending
    assert [row[1] for row in held(sandbox, declared)] in ([], ["withdrawn"])
    assert (await declared.row()).status == "withdrawn"
    await until_all_is_done(database_url, to)


async def test_an_officer_who_is_faster_keeps_the_record(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    await until_all_is_done(database_url, to)
    sandbox.officer(declared.reference, "open")
    await declared.complete(birth_time="10:30")
    await declared.withdraw()
    await until_all_is_done(database_url, to)
    assert held(sandbox, declared) == [(1, "opened")]
    row = await declared.row()
    assert (row.status, row.withdraw_asked_at) == ("opened", None)
    assert row.body_enc is not None
    assert (await waiting(db)).refused == 0
    await declared.withdraw()  # now we know, and do not ask
    assert jobs_left(database_url) == 0


async def test_what_can_never_be_taken_is_given_up_loudly(
    db: Database,
    database_url: str,
    sandbox: Sandbox,
    to: Transmitting,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = (await waiting(db)).refused
    declared = await declare(db, birth_date="Canari-7f3a")
    await declared.attach()
    await until_all_is_done(database_url, to)
    assert held(sandbox, declared) == []
    row = await declared.row()
    assert (row.status, row.refusal_code, row.refused_version) == ("submitted", "not_valid", 1)
    assert (await waiting(db)).refused == before + 1
    assert "register.refused" in caplog.text
    assert "values.birth_date" in caplog.text
    assert "Canari" not in caplog.text
    assert declared.reference not in caplog.text
    await declared.complete(birth_date="2025-10-12")
    await until_all_is_done(database_url, to)
    assert held(sandbox, declared) == [(2, "received")]
    assert (await waiting(db)).refused == before


async def test_a_paper_that_can_never_be_taken_holds_nothing_up(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    await declared.attach(b"no picture at all")
    good = await declared.attach()
    await until_all_is_done(database_url, to)
    assert attached(sandbox, declared) == {str(good)}


async def test_a_register_that_lost_a_record_gets_it_again(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    await until_all_is_done(database_url, to)
    with psycopg.connect(sandbox.database_url, options="-c search_path=register") as connection:
        connection.execute("delete from pre_declaration where reference = %s", [declared.reference])
    paper = await declared.attach()
    await until_all_is_done(database_url, to)
    assert held(sandbox, declared) == [(1, "received")]
    assert attached(sandbox, declared) == {str(paper)}


async def test_an_outage_loses_nothing_and_doubles_nothing(
    db: Database, database_url: str, register_url: str
) -> None:
    port = free_port()
    transport = Transport(f"http://127.0.0.1:{port}", Account(CLIENT, SECRET), HASTY)
    to = Transmitting(db, SystemClock(), RestRegister(transport))
    records = [await declare(db) for _ in range(5)]
    with pytest.raises(AssertionError):
        await until_all_is_done(database_url, to, 1.5)
    assert jobs_left(database_url) == 5
    assert [(await each.row()).status for each in records] == ["submitted"] * 5
    await transport.close()
    with running_sandbox(register_url) as sandbox:
        back = RestRegister(Transport(sandbox.base, Account(CLIENT, SECRET), HASTY))
        await until_all_is_done(database_url, replace(to, register=back))
        await back.close()
        assert [held(sandbox, each) for each in records] == [[(1, "received")]] * 5


@pytest.fixture
async def worker_settings(
    services: Endpoints, database_url: str, sandbox: Sandbox
) -> AsyncIterator[Settings]:
    """Of a worker process that transmits to the sandbox."""
    with service_folder() as folder:
        yield gateway_settings(
            folder,
            services,
            database_url,
            register_url=sandbox.base,
            register_client_id=CLIENT,
            register_client_secret=SECRET,
        )


@pytest.fixture
async def own(database_url: str, worker_settings: Settings) -> AsyncIterator[Database]:
    """The database under the keys of the worker's file, which is what it reads with."""
    opened = open_database(database_url, Crypto(load_keys(worker_settings.keys_path)))
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("faults", "is_there"),
    [
        pytest.param({"slow_ms": 1500}, False, id="while it waits for the answer"),
        pytest.param({"fail_after_commit": 1.0}, True, id="taken, but the answer lost"),
    ],
)
async def test_a_worker_killed_in_the_middle_of_a_transmission_doubles_nothing(
    database_url: str,
    sandbox: Sandbox,
    to: Transmitting,
    worker_settings: Settings,
    own: Database,
    faults: dict[str, float],
    is_there: bool,
) -> None:
    declared = await declare(own)
    transaction_id = str((await declared.row()).transaction_id)
    with running_process(worker_settings, "channels.worker") as worker:
        await soon(lambda: worker.said("worker.started") and held(sandbox, declared), 60)
        sandbox.faults(**faults)
        await declared.complete(birth_time="10:30")
        await soon(lambda: is_on_its_way(database_url, sandbox, declared, is_there))
        worker.popen.kill()
        worker.popen.wait()
    assert (await declared.row()).transmitted_version < 2
    sandbox.faults()
    async with own.engine.begin() as connection:
        await connection.execute(
            text("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
        )
    await until_all_is_done(database_url, replace(to, db=own))
    row = await declared.row()
    assert (row.status, row.transmitted_version) == ("transmitted", 2)
    assert held(sandbox, declared) == [(2, "received")]
    types = sandbox.types(transaction_id)
    assert types[0] == "pre_declaration.received"
    assert types[1:] in ([], ["pre_declaration.completed"])


def is_on_its_way(url: str, sandbox: Sandbox, declared: Declared, is_there: bool) -> bool:
    """Whether the second version was sent: it is there already, or its job waits for the answer."""
    if is_there:
        return held(sandbox, declared) == [(2, "received")]
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select count(*) from procrastinate_jobs where status = 'doing'"
        ).fetchone()
    return found is not None and found[0] > 0


async def test_what_retention_erases_is_asked_back(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting, settings: Settings
) -> None:
    declared, opened = await declare(db), await declare(db)
    await until_all_is_done(database_url, to)
    sandbox.officer(opened.reference, "open")
    async with db.engine.begin() as connection:
        await connection.execute(
            text(
                "update pre_declaration set status = 'opened', status_rank = 2"
                " where reference = :reference"
            ),
            {"reference": opened.reference},
        )
    await erase_expired(db, settings, NOW.replace(year=NOW.year + 5))
    assert ((await declared.row()).body_enc, (await opened.row()).body_enc) == (None, None)
    await until_all_is_done(database_url, to)
    assert held(sandbox, declared) == [(1, "withdrawn")]
    assert held(sandbox, opened) == [(1, "opened")]
    assert [(await each.row()).status for each in (declared, opened)] == ["expired", "opened"]


async def status(declared: Declared) -> str | None:
    """What the citizen is told."""
    async with declared.db.engine.connect() as connection:
        view = await pre_declarations.status(
            connection,
            declared.db.crypto,
            declared.reference,
            "3456",
            declared.conversation_id,
            NOW,
        )
    return None if view is None else view.status


def job(attempts: int) -> Job:
    return Job(
        id=1, queue="register", lock=None, queueing_lock=None, task_name="t", attempts=attempts
    )


def test_a_job_is_tried_for_ever_and_later_and_later() -> None:
    assert [wait_after(n) for n in (0, 1, 2, 5, 6, 7, 10_000)] == [2, 4, 8, 64, 120, 120, 120]
    for error in (RegisterAwayError("no_answer"), RuntimeError("a fault of ours")):
        for attempts in (0, 50, 100_000):
            decision = ForEver().get_retry_decision(exception=error, job=job(attempts))
            assert isinstance(decision, procrastinate.RetryDecision)


def test_a_register_that_asks_for_patience_gets_it() -> None:
    now = SystemClock().now()
    error = RegisterAwayError("too_many_requests", 60)
    decision = ForEver().get_retry_decision(exception=error, job=job(0))
    assert decision.retry_at is not None
    assert 55 < (decision.retry_at - now).total_seconds() < 65


def test_the_job_that_turns_defer_is_known_to_the_worker() -> None:
    assert pre_declarations.JOB in app.tasks
    assert app.tasks[pre_declarations.JOB].queue == pre_declarations.QUEUE


async def test_a_try_that_lands_after_the_withdrawal_ended_is_taken_back(
    db: Database, database_url: str, sandbox: Sandbox, to: Transmitting
) -> None:
    declared = await declare(db)
    found = await transmissions.find(db, (await declared.row()).id)
    assert found is not None
    assert found.content is not None
    await declared.withdraw()
    await until_all_is_done(database_url, to)
    # Of a worker that was killed: its request comes late, then its job is taken up again.
    await to.register.submit(found.content)
    await to.run(found.id)
    assert held(sandbox, declared) == [(1, "withdrawn")]
    assert (await declared.row()).status == "withdrawn"


async def test_a_worker_asked_to_stop_does_not_wait_for_a_slow_register(
    database_url: str, sandbox: Sandbox, to: Transmitting, worker_settings: Settings, own: Database
) -> None:
    declared = await declare(own)
    with running_process(worker_settings, "channels.worker") as worker:
        await soon(lambda: worker.said("worker.started") and held(sandbox, declared), 60)
        sandbox.faults(slow_ms=9000)
        await declared.complete(birth_time="10:30")
        await soon(lambda: is_on_its_way(database_url, sandbox, declared, False))
        began = asyncio.get_running_loop().time()
        worker.popen.terminate()
        assert await asyncio.to_thread(worker.popen.wait, 20) == 0
        assert asyncio.get_running_loop().time() - began < 6
    sandbox.faults()
    # Given back, not left to be found stalled.
    assert not is_on_its_way(database_url, sandbox, declared, False)
    await until_all_is_done(database_url, replace(to, db=own))
    assert (await declared.row()).transmitted_version == 2
