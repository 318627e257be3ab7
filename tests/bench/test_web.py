"""The load on the web chat: what its pages say, what they note, what is made of it."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bench.figures import verdicts
from bench.proc import Cost
from bench.stand import BenchError
from bench.web import run
from bench.web.http import cookie_of, request
from bench.web.ledger import Books, Ledger, closed, faults
from bench.web.load import books_of, load_row, memory_row, storm_row
from bench.web.pages import address_of, message_id
from bench.web.talks import births
from bench.web.verify import Stored, mismatches
from bot.answers.result import Language
from bot.dialogue.messages import Understood
from tests.support.phone import FRIDAY, Phone

RUN = "00c0ffee"


def refuse(text: str) -> Understood | None:
    raise AssertionError(f"understanding was asked: {text}")


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_birth_by_taps_and_texts_ends_with_a_reference_and_another_follows(
    language: Language,
) -> None:
    phone = Phone(channel="web", understand=refuse, msisdn=None)
    for birth in itertools.islice(births(language, random.Random(1), FRIDAY.date()), 6):
        for step in birth[:-1]:
            phone.say(step.text, choice=step.choice)
        assert phone.state.at == "review"
        phone.say(choice=birth[-1].choice)
        assert phone.draft is not None
        assert phone.draft.status == "submitted"


def test_the_same_seed_says_the_same() -> None:
    first, second, other = (
        next(births("fr", random.Random(seed), FRIDAY.date())) for seed in (1, 1, 2)
    )
    assert first == second != other


def test_ids_are_uuids_of_their_run_and_page() -> None:
    made = {message_id(RUN, page, message) for page in (0, 1, 499) for message in (1, 2, 5000)}
    assert len(made) == 9
    assert {UUID(each).version for each in made} == {4}
    assert all(each.startswith(f"{RUN}-") for each in made)


def test_pages_have_addresses_of_their_own() -> None:
    made = [address_of(number) for number in range(2000)]
    assert len(set(made)) == 2000
    assert all(0 < int(each.rpartition(".")[2]) < 255 for each in made)


def test_a_request_is_our_own_pages() -> None:
    head, _, body = request(8080, "/chat/session", {"lang": "ar"}, "a=b").partition(b"\r\n\r\n")
    assert head.startswith(b"POST /chat/session HTTP/1.1\r\n")
    assert b"Origin: http://127.0.0.1:8080" in head
    assert b"Cookie: a=b" in head
    assert json.loads(body) == {"lang": "ar"}
    assert b"Cookie" not in request(8080, "/", {}, "")


def test_a_cookie_is_read_without_its_attributes() -> None:
    assert cookie_of(b"HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\n\r\n") == "a=b"
    assert cookie_of(b"HTTP/1.1 200 OK\r\n\r\n") == ""


def told(*replies: tuple[int, str | None]) -> Ledger:
    """A page that said `a` at step 1 and `b` at step 2."""
    ledger = Ledger({"a": 1, "b": 2})
    for seq, answered in replies:
        ledger.tell({"seq": seq, "re": answered})
    return ledger


def test_a_reply_that_comes_again_is_one_reply() -> None:
    ledger = told((1, "a"))
    assert not ledger.tell({"seq": 1, "re": "a"})
    assert ledger.tell({"seq": 2, "re": "b"})
    assert (ledger.last, len(ledger.told), ledger.repeated) == (2, 2, 1)


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([(1, "a"), (2, "b")], []),
        ([(1, "a"), (3, "b")], ["1 numbered replies never came"]),
        ([(1, "a")], ["1 messages without a reply"]),
        ([(1, "a"), (2, "b"), (3, "c")], ["1 replies to nothing that was said"]),
        ([(1, "a"), (2, "b"), (3, "b")], ["replies to step 2: 1 times 1, 1 times 2"]),
    ],
    ids=["all there", "left out", "silent", "of somebody else", "answered twice"],
)
def test_books(replies: list[tuple[int, str | None]], expected: list[str]) -> None:
    assert faults(closed([told((1, "a"), (2, "b")), told(*replies)])) == expected


def test_books_come_through_json() -> None:
    books = closed([told((1, "a"), (2, "b"), (3, "b"))])
    assert books_of(json.loads(json.dumps(asdict(books)))) == books


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Stored(2, 0, 0, 3, 1), []),
        (Stored(3, 0, 0, 3, 1), ["2 messages said, 3 stored"]),
        (Stored(2, 1, 0, 3, 1), ["1 messages wait for their turn"]),
        (Stored(2, 0, 1, 3, 1), ["1 turns failed inside"]),
        (Stored(2, 0, 0, 4, 1), ["3 replies shown, 4 stored"]),
        (Stored(2, 0, 0, 3, 0), ["1 whole births, 0 with a reference"]),
    ],
    ids=["all there", "twice", "waiting", "failed", "not shown", "no reference"],
)
def test_what_pages_were_told_must_be_stored(found: Stored, expected: list[str]) -> None:
    assert mismatches(Books(said=2, told=3), 1, found) == expected


def answer(**values: Any) -> dict[str, Any]:
    """What the pages' process answers to `play`."""
    base = {"seconds": 2.0, "cpu_seconds": 0.1, "idle": 0, "late": [], "lost": 0, "whole": 0}
    return base | {"turns": [], "again": [], "outages": [], "refused": {}} | values


def test_load_row() -> None:
    costs = {"gateway": Cost(1.0, 1, 1)}, {"gateway": Cost(1.4, 1, 1)}
    turns = [[1, "choice", 10.0], [2, "text", 30.0]]
    row = load_row(answer(turns=turns, refused={"too_fast": 2}, lost=1), *costs)
    assert (row["turns_per_second"], row["p50_ms"], row["gateway_cpu_ms"]) == (1.0, 20.0, 200.0)
    assert row["errors"] == 3
    with pytest.raises(BenchError, match="too_fast"):
        load_row(answer(refused={"too_fast": 2}), *costs)


def test_memory_is_told_for_each_socket() -> None:
    readings = [Cost(0, 130, 100), Cost(0, 140, 110), Cost(0, 150, 120)]
    row = memory_row(readings, 512)
    assert (row["pss_kb_a_socket"], row["pss_kb_a_socket_after_load"]) == (20.0, 40.0)
    assert (row["rss_none_mb"], row["rss_after_mb"]) == (130, 150)


def test_pages_come_back_after_the_gateway() -> None:
    outages = [
        {"lost": 10.0, "tries": 2, "back": 16.0},
        {"lost": 10.0, "tries": 4, "back": 18.0},
        {"lost": 10.0, "tries": 3, "back": None},
    ]
    row = storm_row(answer(outages=outages, again=[5.0]), 3, killed=10.0, ready=15.0)
    assert (row["down_seconds"], row["back_p50"], row["back_seconds"]) == (5.0, 2.0, 3.0)
    assert (row["back"], row["not_back"], row["tries_a_page"], row["sent_again"]) == (2, 1, 3.0, 1)


def test_nobody_came_back() -> None:
    assert storm_row(answer(), 3, killed=1.0, ready=2.0)["back_seconds"] is None


def test_every_target_names_a_figure() -> None:
    costs = {"gateway": Cost(1.0, 1, 1)}
    outages = [{"lost": 1.0, "tries": 1, "back": 3.0}]
    results = {
        "load": load_row(answer(turns=[[1, "text", 1.0]]), costs, costs),
        "memory": memory_row([Cost(0, 1, 1)] * 3, 1),
        "storm": storm_row(answer(outages=outages), 1, killed=1.0, ready=2.0),
    }
    assert all(verdict["met"] is not None for verdict in verdicts(results, run.TARGETS))


@pytest.mark.parametrize(
    "options", [["--sockets", "0"], ["--rate", "0"], ["--seconds", "-1"], ["--sockets", "many"]]
)
def test_odd_options_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(options)
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err


@pytest.mark.database
def test_a_short_run_with_a_restart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.json"
    options = ["--sockets", "12", "--rate", "12", "--silent-seconds", "1", "--seconds", "3"]
    assert run.main([*options, "--storm-seconds", "8", "--json", str(path)]) == 0
    assert "| turns/s" in capsys.readouterr().out
    results = json.loads(path.read_text("utf-8"))["results"]
    assert results["books"]["mismatches"] == []
    assert results["books"]["said"] > results["load"]["turns"] > 0
    assert (results["storm"]["back"], results["storm"]["not_back"]) == (12, 0)
