"""The local services: shared by every process, gone with the last one, back after any kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from integrations.local.layout import Layout, LocalError
from integrations.local.services import Attachment, local_services
from integrations.platform.settings import CHECKOUT
from tests.support.services import service_folder, settings_for

pytestmark = pytest.mark.database

HOLD = """
import sys, time
from pathlib import Path
from integrations.local.layout import Layout
from integrations.local.services import Attachment
Attachment(Layout(Path(sys.argv[1]))).attach()
sys.stdout.write("attached\\n"); sys.stdout.flush()
time.sleep(60)
"""


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder of PostgreSQL, made by a first start."""
    with service_folder() as folder:
        with local_services(settings_for(folder)):
            pass
        yield Layout(folder).postgres


@pytest.fixture
def layout(made: Path) -> Iterator[Layout]:
    """Local data of its own for a test, past the first start."""
    with service_folder() as folder:
        subprocess.run(["/bin/cp", "-a", str(made), str(folder)], check=True)  # keeps its owner
        yield Layout(folder)


@pytest.fixture
def empty() -> Iterator[Layout]:
    """A data folder that nothing was started in."""
    with service_folder() as folder:
        yield Layout(folder)


@pytest.fixture
def attached(layout: Layout) -> Iterator[Attachment]:
    attachment = Attachment(layout)
    attachment.attach()
    yield attachment
    attachment.detach()


def postmaster(layout: Layout) -> int:
    return int((layout.postgres / "postmaster.pid").read_text().split("\n", 1)[0])


def supervisor(layout: Layout) -> int:
    return int(layout.ready.read_text())


def query(layout: Layout, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(layout.database_url, autocommit=True, connect_timeout=2) as connection:
        found = connection.execute(statement.encode())
        return found.fetchall() if found.description else []


def eventually(check: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until `check` neither raises nor says False."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if check() is not False:
                return
        except (OSError, ValueError, psycopg.Error):
            pass
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def works(layout: Layout) -> Callable[[], bool]:
    return lambda: query(layout, "select 1") == [(1,)]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def process_holding(layout: Layout) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(layout.data_dir)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "attached\n"
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_the_last_one_out_stops_them_and_the_data_stays(layout: Layout) -> None:
    with local_services(settings_for(layout.data_dir)) as first:
        query(layout, "create table kept (n int)")
        pids = postmaster(layout), supervisor(layout)
        with local_services(settings_for(layout.data_dir)) as second:
            assert second == first
        assert works(layout)()
        assert (postmaster(layout), supervisor(layout)) == pids
        assert layout.valkey_socket.exists()
    assert not any(map(is_alive, pids))
    with local_services(settings_for(layout.data_dir)):
        assert query(layout, "select * from kept") == []


def test_folders_are_ours_alone(attached: Attachment) -> None:
    for folder in (attached.layout.postgres, attached.layout.socket_dir, attached.layout.run):
        assert folder.stat().st_mode & 0o077 == 0, folder
    listening = query(attached.layout, "show listen_addresses")
    assert listening == [("",)]


def test_services_outlive_the_process_that_started_them(layout: Layout) -> None:
    first = process_holding(layout)
    second = Attachment(layout)
    second.attach()
    pid = postmaster(layout)
    kill(first)
    time.sleep(0.5)
    assert works(layout)()
    assert postmaster(layout) == pid
    second.detach()
    assert not is_alive(pid)


def test_when_the_last_process_is_killed_the_services_stop(layout: Layout) -> None:
    only = process_holding(layout)
    pids = postmaster(layout), supervisor(layout)
    kill(only)
    eventually(lambda: not any(map(is_alive, pids)))


def test_a_killed_postgres_comes_back_with_every_row(attached: Attachment) -> None:
    layout = attached.layout
    query(layout, "create table kept as select generate_series(1, 1000) as n")
    os.kill(postmaster(layout), signal.SIGKILL)
    eventually(lambda: query(layout, "select count(*) from kept") == [(1000,)])


def test_a_killed_supervisor_is_replaced(attached: Attachment) -> None:
    layout, old = attached.layout, supervisor(attached.layout)
    query(layout, "create table kept (n int)")
    os.kill(old, signal.SIGKILL)
    eventually(lambda: supervisor(layout) != old and query(layout, "select * from kept") == [])


def test_everything_killed_at_once_comes_back(attached: Attachment) -> None:
    """Where PID 1 does not reap, the server stays a zombie that PostgreSQL would believe in."""
    layout = attached.layout
    query(layout, "create table kept (n int)")
    old = supervisor(layout)
    for pid in (old, postmaster(layout)):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: supervisor(layout) != old and query(layout, "select * from kept") == [])


def test_a_pid_file_of_a_reused_pid_is_not_believed(layout: Layout) -> None:
    with local_services(settings_for(layout.data_dir)):
        content = (layout.postgres / "postmaster.pid").read_text()
    alien = "\n".join([str(os.getpid()), *content.split("\n")[1:]])
    (layout.postgres / "postmaster.pid").write_text(alien)
    (layout.postgres / "postmaster.pid").chmod(0o644)
    with local_services(settings_for(layout.data_dir)):
        assert works(layout)()


def test_a_half_made_data_folder_is_made_again(empty: Layout) -> None:
    (empty.data_dir / "postgres.new" / "base").mkdir(parents=True)
    with local_services(settings_for(empty.data_dir)):
        assert works(empty)()


def test_a_wrong_program_folder_is_one_sentence(layout: Layout, tmp_path: Path) -> None:
    settings = settings_for(layout.data_dir, postgres_bin_dir=tmp_path)
    with (
        pytest.raises(LocalError, match="HALA_POSTGRES_BIN_DIR: no postgres program"),
        local_services(settings),
    ):
        pass


def test_data_of_another_release_is_one_sentence(layout: Layout) -> None:
    (layout.postgres / "PG_VERSION").write_text("13\n")
    with (
        pytest.raises(LocalError, match="was written by PostgreSQL 13"),
        local_services(settings_for(layout.data_dir)),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the services to another account")
def test_a_folder_that_the_account_cannot_reach_is_one_sentence(empty: Layout) -> None:
    closed = empty.data_dir / "home"
    closed.mkdir(mode=0o700)
    with (
        pytest.raises(LocalError, match="set HALA_DATA_DIR to a folder outside"),
        local_services(settings_for(closed / "data")),
    ):
        pass


def test_a_configured_database_starts_nothing(empty: Layout) -> None:
    settings = settings_for(empty.data_dir, database_url="postgresql://db.example/hala")
    with local_services(settings) as endpoints:
        assert endpoints.database_url == "postgresql://db.example/hala"
        assert endpoints.redis_url is None
    assert not empty.run.exists()
