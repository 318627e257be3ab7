"""How the sandbox register starts: its own database, the same everywhere, never for real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from integrations.local.services import Endpoints
from integrations.platform.settings import CHECKOUT
from integrations.register.sandbox import seeding
from integrations.register.sandbox.migrate import SandboxError, database_of, prepare
from tests.support.services import named, run_sql, settings_for
from tests.support.serving import free_port

PRODUCTION = {
    "HALA_ENV": "production",
    "HALA_PUBLIC_URL": "https://hala.example",
    "HALA_REGISTER_URL": "https://register.example",
    "HALA_REGISTER_CLIENT_ID": "hala",
    "HALA_REGISTER_CLIENT_SECRET": "a-real-secret",
    "HALA_REGISTER_WEBHOOK_SECRET": "another-real-secret",
    "HALA_TWILIO_API_BASE": "https://api.twilio.com",
    "HALA_TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "HALA_TWILIO_AUTH_TOKEN": "a-real-token",
    "HALA_SMS_FROM": "+15551234567",
    "HALA_KEYS_FILE": "/etc/hala/keys.json",
    "HALA_DATABASE_URL": "postgresql://hala:long-and-own@db.example/hala",
}


def started(**settings: str) -> subprocess.CompletedProcess[str]:
    """The process with these settings and no others, run to its end."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("HALA_")}
    return subprocess.run(
        [sys.executable, "-m", "integrations.register.sandbox"],
        cwd=CHECKOUT,
        env=kept | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_its_database_is_made_beside_the_products_by_whoever_is_first(
    services: Endpoints, tmp_path: Path
) -> None:
    beside = services.database_url
    url = database_of(settings_for(tmp_path), beside)
    assert url.startswith(named(beside, "register").partition("?")[0])
    own = named(beside, "register_made_twice")
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: prepare(own, beside), range(2)))
        with psycopg.connect(own, options="-c search_path=register") as connection:
            found = connection.execute("select count(*), count(distinct id) from office").fetchone()
            public = connection.execute("select to_regclass('public.office')").fetchone()
        assert found is not None
        assert found[0] == found[1] > 1500
        assert public == (None,)
    finally:
        run_sql(beside, "drop database if exists register_made_twice with (force)")


def test_a_database_of_its_own_may_be_named(tmp_path: Path) -> None:
    own = "postgresql://register@db.example/register"
    assert database_of(settings_for(tmp_path, register_database_url=own), "postgresql:///x") == own


def test_a_database_that_is_not_there_is_told_in_one_sentence() -> None:
    with pytest.raises(SandboxError, match="HALA_REGISTER_DATABASE_URL"):
        prepare("postgresql://nobody@127.0.0.1:1/register", "postgresql://nobody@127.0.0.1:1/x")


def test_what_it_holds_is_the_same_everywhere() -> None:
    assert list(seeding.offices()) == list(seeding.offices())
    mains = [row[0] for row in seeding.offices() if row[3] == 1]
    assert list(seeding.acts(mains)) == list(seeding.acts(mains))


def test_every_place_has_an_office_and_each_says_that_it_is_invented() -> None:
    rows = list(seeding.offices())
    assert {row[1] for row in rows} == {place.code for place in seeding.places()}
    assert all("(مكتب تجريبي)" in row[4] and "(bureau fictif)" in row[5] for row in rows)
    of_arrondissements = Counter(row[1] for row in rows if row[2])
    assert len(of_arrondissements) == 41
    assert min(of_arrondissements.values()) >= 3


def test_a_few_places_take_less_but_no_town_does() -> None:
    rows = list(seeding.offices())
    without = {row[1] for row in rows if row[3] == 1 and "declare_birth" not in row[8]}
    assert 20 < len(without) < 150
    towns = {p.code for p in seeding.places() if p.people >= seeding.ALWAYS_TAKES or p.city}
    assert not without & towns
    assert any(row[8] == [] for row in rows)


def test_acts_are_numbered_serially() -> None:
    numbers: dict[tuple[str, int], list[int]] = {}
    for office, _, year, number, *_ in seeding.acts(["01.511.01.05-1", "04.441.01.09-1"]):
        numbers.setdefault((office, year), []).append(number)
    assert sum(map(len, numbers.values())) == seeding.ACTS
    assert all(series == list(range(1, len(series) + 1)) for series in numbers.values())


def test_in_production_it_does_not_start() -> None:
    done = started(**PRODUCTION)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "register.production" in done.stderr


def test_without_its_database_it_ends_with_one_sentence() -> None:
    done = started(
        HALA_DATABASE_URL=f"postgresql://hala@127.0.0.1:{free_port()}/hala",
        HALA_REGISTER_PORT=str(free_port()),
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "HALA_REGISTER_DATABASE_URL" in done.stderr
    assert "127.0.0.1" not in done.stderr
