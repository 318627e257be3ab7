"""How the rest client bears a register that is slow, away, forgetful or not the register at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import aiohttp.web
import pytest

from bot.register import RegisterAwayError, RegisterRefusedError
from integrations.platform.settings import SettingsError
from integrations.register.problems import fault_of
from integrations.register.rest import RestRegister, rest_register
from integrations.register.tokens import Tokens
from integrations.register.transport import Account, Patience, Transport
from tests.integrations.register.test_contract import CANARY, record
from tests.support.sandbox import CLIENT, SECRET, Sandbox
from tests.support.services import settings_for

HASTY = Patience(call=5, tries=2, first_pause=0.01, longest_pause=0.05)
FIRM = Patience(call=5, tries=30, first_pause=0.01, longest_pause=0.05)
database = pytest.mark.database


class Ticking:
    """A clock for tokens and the breaker."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def client(
    base: str,
    patience: Patience = HASTY,
    secret: str = SECRET,
    clock: Callable[[], float] | None = None,
) -> AsyncIterator[RestRegister]:
    account = Account(CLIENT, secret)
    made = RestRegister(Transport(base, account, patience, clock or Ticking()))
    try:
        yield made
    finally:
        await made.close()


async def away(call: Any) -> RegisterAwayError:
    """What a call is put off with."""
    with pytest.raises(RegisterAwayError) as put_off:
        await call
    return put_off.value


def held_by(sandbox: Sandbox, reference: str) -> list[tuple[Any, ...]]:
    """What the register has under a reference."""
    return sandbox.rows("select version from pre_declaration where reference = %s", reference)


@database
async def test_an_answer_lost_after_the_commit_is_asked_for_again(sandbox: Sandbox) -> None:
    first = record()
    sandbox.faults(fail_after_commit=0.5, down=0.3, seed=3)
    async with client(sandbox.base, FIRM) as register:
        for version in range(1, 6):
            await register.submit(record(**_again(first, version)))
    assert held_by(sandbox, first.reference) == [(5,)]
    types = sandbox.types(str(first.transaction_id))
    assert types == ["pre_declaration.received"] + ["pre_declaration.completed"] * 4


def _again(first: Any, version: int) -> dict[str, Any]:
    return {
        "transaction_id": first.transaction_id,
        "reference": first.reference,
        "version": version,
    }


@database
async def test_a_register_that_always_fails_is_put_off_and_may_have_taken_it(
    sandbox: Sandbox,
) -> None:
    first = record()
    async with client(sandbox.base) as register:
        await register.offices("06.141.01.75")
        sandbox.faults(fail_after_commit=1.0)
        assert (await away(register.submit(first))).code == "internal_error"
        sandbox.faults()
        assert (await register.submit(first)).version == 1
    assert held_by(sandbox, first.reference) == [(1,)]


@database
async def test_a_register_that_is_down_is_left_alone_for_a_moment(sandbox: Sandbox) -> None:
    clock = Ticking()
    async with client(sandbox.base, HASTY, clock=clock) as register:
        await register.offices("06.141.01.75")
        sandbox.faults(down=1.0)
        codes = [(await away(register.read(record().transaction_id))).code for _ in range(4)]
        assert codes == ["unavailable", "unavailable", "paused", "paused"]
        assert not register.is_available
        happened = sandbox.operator("GET", "/sandbox/faults").json()["happened"]
        assert happened == {"down": 5}
        put_off = await away(register.read(record().transaction_id))
        assert put_off.retry_after == pytest.approx(10)
        sandbox.faults()
        clock.now += 11
        assert await register.read(record().transaction_id) is None
        assert register.is_available


@database
async def test_a_token_that_ended_early_is_replaced_within_the_call(sandbox: Sandbox) -> None:
    sandbox.faults(expire_tokens=0.4, seed=1)
    async with client(sandbox.base, FIRM) as register:
        for _ in range(10):
            await register.submit(record())
    happened = sandbox.operator("GET", "/sandbox/faults").json()["happened"]
    assert happened["expire_tokens"] > 2


@database
async def test_a_slow_register_is_waited_for_so_long_and_no_longer(sandbox: Sandbox) -> None:
    sandbox.faults(slow_ms=2000)
    async with client(sandbox.base, Patience(call=0.1, tries=2, first_pause=0.01)) as register:
        began = asyncio.get_running_loop().time()
        assert (await away(register.offices("06.141.01.75"))).code == "no_answer"
        assert asyncio.get_running_loop().time() - began < 1


@database
async def test_wrong_credentials_wait_for_an_operator(sandbox: Sandbox) -> None:
    async with client(sandbox.base, secret="another") as register:
        assert (await away(register.read(record().transaction_id))).code == "token_invalid_client"


async def test_a_register_that_is_not_there_is_away() -> None:
    async with client("http://127.0.0.1:9") as register:
        assert (await away(register.submit(record()))).code == "no_answer"


@database
async def test_nothing_personal_is_told_by_errors_or_logs(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = record(values={**record().values, "child_given_name_latin": CANARY})
    sandbox.faults(slow_ms=500)
    async with client(sandbox.base, Patience(call=0.2, tries=1)) as register:
        error = await away(register.submit(told))
    sandbox.faults(fail_after_commit=1.0)
    async with client(sandbox.base) as register:
        again = await away(register.submit(told))
    seen = f"{error!r}{again!r}{error.__context__ and error.__suppress_context__}{caplog.text}"
    assert CANARY not in seen
    assert told.reference not in seen
    assert SECRET not in seen


@pytest.mark.parametrize(
    "answer",
    [
        aiohttp.web.Response(text="<html>Please log in</html>", content_type="text/html"),
        aiohttp.web.Response(status=302, headers={"Location": "http://127.0.0.1:9/login"}),
        aiohttp.web.Response(status=404, text="<html>no such host</html>"),
        aiohttp.web.json_response({"hello": "there"}),
        aiohttp.web.json_response([1, 2, 3]),
        aiohttp.web.Response(status=204),
    ],
    ids=["a page", "elsewhere", "a proxy's 404", "another document", "a list", "nothing"],
)
async def test_an_answer_that_is_not_the_registers_is_never_believed(
    answer: aiohttp.web.Response,
) -> None:
    async with somebody_else(answer) as base, client(base) as register:
        await away(register.submit(record()))


@asynccontextmanager
async def somebody_else(answer: aiohttp.web.Response) -> AsyncIterator[str]:
    """Whoever gives tokens, and to everything else this answer."""

    async def token(_: aiohttp.web.Request) -> aiohttp.web.Response:
        return aiohttp.web.json_response({"access_token": "t", "expires_in": 600})

    async def anything(_: aiohttp.web.Request) -> aiohttp.web.Response:
        return aiohttp.web.Response(
            body=answer.body, status=answer.status, headers=answer.headers.copy()
        )

    app = aiohttp.web.Application()
    app.router.add_post("/oauth/token", token)
    app.router.add_route("*", "/{rest:.*}", anything)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_one_token_is_taken_for_all_who_wait_for_it() -> None:
    clock, taken = Ticking(), 0

    async def take() -> tuple[str, float]:
        nonlocal taken
        taken += 1
        await asyncio.sleep(0.01)
        return f"token {taken}", 600.0

    tokens = Tokens(take, clock)
    assert set(await asyncio.gather(*(tokens.get() for _ in range(20)))) == {"token 1"}
    clock.now = 539
    assert await tokens.get() == "token 1"
    clock.now = 541  # a minute before its end
    assert await tokens.get() == "token 2"
    tokens.drop("token 1")  # a call that began with the old one comes back late
    assert await tokens.get() == "token 2"
    tokens.drop("token 2")
    assert await tokens.get() == "token 3"


async def test_a_token_that_could_not_be_taken_is_asked_for_again() -> None:
    faults = [RegisterAwayError("no_answer")]

    async def take() -> tuple[str, float]:
        if faults:
            raise faults.pop()
        return "token", 600.0

    tokens = Tokens(take, Ticking())
    await away(tokens.get())
    assert await tokens.get() == "token"


PROBLEM = {"code": "not_valid", "fields": [{"field": "b"}, {"field": "a"}, "odd"]}


@pytest.mark.parametrize(
    ("status", "document", "expected"),
    [
        (422, PROBLEM, RegisterRefusedError),
        (409, {"code": "opened"}, RegisterRefusedError),
        (404, {"code": "unknown"}, RegisterRefusedError),
        (404, None, RegisterAwayError),
        (409, "<html>", RegisterAwayError),
        (401, {"code": "token_expired"}, RegisterAwayError),
        (429, {"code": "too_many_requests"}, RegisterAwayError),
        (500, {"code": "internal_error"}, RegisterAwayError),
        (302, {"code": "opened"}, RegisterAwayError),
    ],
)
def test_only_the_registers_own_word_ends_a_request(
    status: int, document: Any, expected: type[Exception]
) -> None:
    assert type(fault_of(status, {}, document)) is expected


def test_a_refusal_names_its_fields() -> None:
    refused = fault_of(422, {}, PROBLEM)
    assert isinstance(refused, RegisterRefusedError)
    assert (refused.code, refused.status, refused.fields) == ("not_valid", 422, ("a", "b"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("soon", None),
        ("-3", None),
    ],
)
def test_retry_after_is_seconds(header: str, seconds: float | None) -> None:
    error = fault_of(429, {"Retry-After": header}, None)
    assert isinstance(error, RegisterAwayError)
    assert error.retry_after == seconds


@pytest.mark.parametrize(("ahead", "seconds"), [(90, 90.0), (-90, 0.0)])
def test_retry_after_may_be_a_date(ahead: int, seconds: float) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead))
    error = fault_of(429, {"Retry-After": date}, None)
    assert isinstance(error, RegisterAwayError)
    assert error.retry_after == pytest.approx(seconds, abs=10)


def test_a_register_that_asks_for_long_patience_is_left_to_the_caller() -> None:
    patience = Patience(tries=3, first_pause=0.2, longest_pause=2)
    assert patience.pause(1, RegisterAwayError("too_many_requests", 1.5)) == 1.5
    assert patience.pause(1, RegisterAwayError("too_many_requests", 60)) is None
    assert patience.pause(3, RegisterAwayError("no_answer")) is None
    first = patience.pause(1, RegisterAwayError("no_answer"))
    assert first is not None
    assert 0.1 <= first <= 0.2


async def test_the_register_of_the_settings_is_the_sandbox_outside_production(
    tmp_path: Any,
) -> None:
    register = rest_register(settings_for(tmp_path, register_port=9))
    assert (await away(register.offices("01.511.01.0"))).code == "no_answer"
    await register.close()


def test_production_refuses_the_trial_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALA_ENV", "production")
    from integrations.platform.settings import Settings

    with pytest.raises(SettingsError) as refused:
        Settings.load()
    for name in (
        "REGISTER_URL",
        "REGISTER_CLIENT_ID",
        "REGISTER_CLIENT_SECRET",
        "REGISTER_WEBHOOK_SECRET",
    ):
        assert f"HALA_{name}" in str(refused.value)
