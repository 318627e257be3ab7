"""What officers do: acts in series, notices to the office of birth, last days, traces, accounts."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

import pytest

from integrations.platform.clock import CASABLANCA, SetClock
from integrations.register.sandbox import accounts
from integrations.register.sandbox.config import SandboxConfig
from integrations.register.sandbox.operations import Actor, Operation, open_register
from tests.support.sandbox import MAARIF, OPERATOR, Sandbox, birth, event, running_sandbox

SALE = "04.441.01.09"
TANGER = "01.511.01.06"


def registered(sandbox: Sandbox, body: dict[str, object]) -> dict[str, object]:
    """The record after an officer opened and registered it."""
    assert sandbox.put(body).status_code == 201
    sandbox.officer(str(body["reference"]), "open")
    answer = sandbox.officer(str(body["reference"]), "register")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_acts_are_numbered_in_series_even_when_drawn_up_at_once(sandbox: Sandbox) -> None:
    bodies = [birth(values={"birth_commune": TANGER}) for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        acts = [r["act"] for r in pool.map(lambda body: registered(sandbox, body), bodies)]
    numbers = sorted(act["number"] for act in acts if isinstance(act, dict))
    assert numbers == list(range(numbers[0], numbers[0] + 10))
    drawn = sandbox.operator("GET", "/sandbox/acts", params={"of": f"{TANGER}-1"}).json()
    assert [act["given_name_latin"] for act in drawn].count("Salma") == 10


def test_a_mention_goes_to_both_offices_of_birth(sandbox: Sandbox) -> None:
    body = event(
        "declare_marriage",
        marriage_date="2025-06-01",
        husband_birth_commune=MAARIF,
        wife_birth_commune=SALE,
    )
    record = registered(sandbox, body)
    assert record["act"] is None
    transaction_id = str(record["transaction_id"])
    assert sandbox.types(transaction_id)[-1] == "notice.sent"
    [notice] = sandbox.operator("GET", "/sandbox/notices", params={"of": f"{SALE}-1"}).json()
    assert (notice["from_office"], notice["noted_at"]) == (f"{MAARIF}-1", None)
    path = f"/sandbox/notices/{notice['id']}/note"
    assert [sandbox.operator("POST", path).status_code for _ in range(2)] == [204, 204]
    assert sandbox.types(transaction_id).count("notice.noted") == 1
    [told] = [e for e in sandbox.events()["events"] if e["type"] == "notice.noted"]
    assert told["data"] == {"office": f"{MAARIF}-1", "to_office": f"{SALE}-1"}


def test_a_death_is_told_to_the_office_of_birth_and_a_birth_to_nobody(sandbox: Sandbox) -> None:
    death = event(
        "declare_death",
        death_date="2025-10-01",
        death_commune=MAARIF,
        deceased_birth_commune=TANGER,
        deceased_given_name_ar="إدريس",
    )
    assert "notice.sent" in sandbox.types(str(registered(sandbox, death)["transaction_id"]))
    born = registered(sandbox, birth())
    assert "notice.sent" not in sandbox.types(str(born["transaction_id"]))


def test_without_an_office_no_act_is_drawn_up(sandbox: Sandbox) -> None:
    body = birth(values={"birth_commune": "06.141.01.0"})
    sandbox.put(body)
    sandbox.officer(body["reference"], "open")
    answer = sandbox.officer(body["reference"], "register")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_office")


def test_a_correction_names_its_steps(sandbox: Sandbox) -> None:
    body = birth()
    sandbox.put(body)
    sandbox.officer(body["reference"], "open")
    assert sandbox.officer(body["reference"], "correction", steps=[]).status_code == 422


def test_what_nobody_came_for_expires_the_day_after_its_last(register_url: str) -> None:
    clock = SetClock(datetime(2025, 11, 10, 23, 30, tzinfo=CASABLANCA), ticking=False)
    with running_sandbox(register_url, clock=clock) as sandbox:
        body, transaction_id = birth(last_day="2025-11-10"), str(uuid4())
        assert sandbox.put(body, transaction_id).status_code == 201
        sandbox.operator("POST", "/sandbox/sweep")
        assert "pre_declaration.expired" not in sandbox.types(transaction_id)
        clock.set(datetime(2025, 11, 11, 0, 5, tzinfo=CASABLANCA))
        sandbox.client.headers.update(sandbox.bearer())  # the first token was given long ago
        swept = [sandbox.operator("POST", "/sandbox/sweep").json()["expired"] for _ in range(2)]
        assert swept in ([1, 0], [0, 0])  # or the register's own clockwork was faster
        assert sandbox.types(transaction_id).count("pre_declaration.expired") == 1


def test_what_an_officer_has_in_hand_waits_for_them_a_month_more(register_url: str) -> None:
    clock = SetClock(datetime(2025, 11, 10, 12, 0, tzinfo=CASABLANCA), ticking=False)
    with running_sandbox(register_url, clock=clock) as sandbox:
        body, transaction_id = birth(last_day="2025-11-10"), str(uuid4())
        sandbox.put(body, transaction_id)
        sandbox.officer(body["reference"], "open")
        for day, types in ((10, 2), (11, 3)):
            clock.set(datetime(2025, 12, day, 12, 0, tzinfo=CASABLANCA))
            sandbox.client.headers.update(sandbox.bearer())
            sandbox.operator("POST", "/sandbox/sweep")
            assert len(sandbox.types(transaction_id)) == types
        assert sandbox.types(transaction_id)[-1] == "pre_declaration.expired"


def test_a_token_expires(register_url: str) -> None:
    clock = SetClock(datetime(2025, 11, 10, 12, 0, tzinfo=CASABLANCA), ticking=False)
    with running_sandbox(register_url, clock=clock) as sandbox:
        assert sandbox.client.get("/v1/events").status_code == 200
        clock.set(datetime(2025, 11, 10, 12, 10, tzinfo=CASABLANCA))
        answer = sandbox.client.get("/v1/events")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_everything_is_traced_without_content(sandbox: Sandbox) -> None:
    body = birth(values={"child_given_name_latin": "Serin-4c"})
    sandbox.put(body)
    sandbox.put(body)  # the same again under another transaction: refused
    sandbox.officer(body["reference"], "open")
    rows = sandbox.operator("GET", "/sandbox/audit", params={"of": body["reference"]}).json()
    traced = [(r["actor_kind"], r["action"], r["outcome"]) for r in reversed(rows)]
    assert traced == [
        ("client", "pre_declaration.put", "done"),
        ("client", "pre_declaration.put", "reference_taken"),
        ("officer", "officer.open", "done"),
    ]
    assert sandbox.rows("select from audit a where a::text like '%%Canari%%'") == []


@pytest.mark.parametrize(
    "path", ["pre-declarations/100000000000/open", "copy-orders/500000000000/process"]
)
def test_an_unknown_number_is_unknown(sandbox: Sandbox, path: str) -> None:
    answer = sandbox.operator("POST", f"/sandbox/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")


def test_accounts_keep_a_hash_and_open_with_their_password_only(
    sandbox: Sandbox, register_url: str
) -> None:
    account = {
        "login": "agent.maarif",
        "password": "un mot de passe d'essai",
        "name": "Agent d'essai",
        "office": f"{MAARIF}-1",
        "role": "clerk",
    }
    assert sandbox.operator("PUT", "/sandbox/officers", json=account).status_code == 204
    [(kept,)] = sandbox.rows("select password_hash from officer where login = 'agent.maarif'")
    assert kept.startswith("$argon2id$")

    async def signed_in(login: str, password: str) -> accounts.Officer | None:
        register = open_register(SandboxConfig(register_url, "id", OPERATOR))
        try:
            async with register.operation(Actor("officer", login), "officer.sign_in") as operation:
                assert isinstance(operation, Operation)
                return await accounts.sign_in(operation, login, password)
        finally:
            await register.engine.dispose()

    officer = asyncio.run(signed_in("agent.maarif", account["password"]))
    assert officer is not None
    assert (officer.office, officer.role) == (f"{MAARIF}-1", "clerk")
    assert asyncio.run(signed_in("agent.maarif", "un autre")) is None
    assert asyncio.run(signed_in("personne", account["password"])) is None


def test_an_account_wants_an_office_that_is_there(sandbox: Sandbox) -> None:
    account = {"login": "x", "password": "y", "name": "z", "office": "99.999.99.9-1"}
    answer = sandbox.operator("PUT", "/sandbox/officers", json=account | {"role": "clerk"})
    assert answer.status_code == 422
