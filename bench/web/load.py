"""The phases of the run: no page, silent pages, pages that write, a gateway that dies meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from bench import figures
from bench.figures import Figures
from bench.proc import Cost
from bench.stand import START_SECONDS, BenchError, Stand, new_run
from bench.web import verify
from bench.web.ledger import Books, faults
from channels.cli.announce import is_up
from integrations.platform.settings import CHECKOUT

WARM_UP_PAGES = 20
WARM_UP_SECONDS = 2.0
CALM_PART = 0.15
"""Of the storm: what passes before the gateway dies."""
TICK_SECONDS = 0.02
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many pages, how many messages a second in all, for how long; before that nobody writes.
    `storm_seconds` 0: the gateway stays up."""

    sockets: int
    rate: float
    silent_seconds: float
    seconds: float
    storm_seconds: float


class Pages:
    """The process that plays the pages. It is told what to do and answers once it is done."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def tell(self, do: str, **values: object) -> None:
        """Give one command."""
        self._stdin.write(json.dumps({"do": do, **values}) + "\n")
        self._stdin.flush()

    def hear(self) -> dict[str, Any]:
        """The answer to the oldest command. Raises `BenchError` when the process has ended."""
        line = self._stdout.readline()
        if not line:
            raise BenchError(
                "bench.pages_failed: the process that plays the pages ended; see above"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, do: str, **values: object) -> dict[str, Any]:
        """Give one command and wait for its answer."""
        self.tell(do, **values)
        return self.hear()


@contextmanager
def pages(port: int, run: str) -> Iterator[Pages]:
    """The process, ended afterwards."""
    command = [sys.executable, "-m", "bench.web.client", str(port), run]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=pipe, stdout=pipe, text=True) as process:
        if process.stdin is None or process.stdout is None:  # we asked for pipes
            raise BenchError("bench.pages_failed: no pipes")
        try:
            yield Pages(process.stdin, process.stdout)
        finally:
            process.terminate()


def warm_up(stand: Stand) -> None:
    """Let the gateway load what it loads late: that is not the price of a socket."""
    with pages(stand.settings.port, new_run()) as crowd:
        crowd.ask("open", pages=WARM_UP_PAGES)
        crowd.ask("play", rate=2 * WARM_UP_PAGES, seconds=WARM_UP_SECONDS)
        crowd.ask("close")
    time.sleep(1)


def measure(stand: Stand, wanted: Wanted, say: Say) -> dict[str, Figures]:
    """All rows by their name; `books` holds the mismatches."""
    run, rows = new_run(), {}
    memory = [stand.costs()["gateway"]]
    with pages(stand.settings.port, run) as crowd:
        say(f"opening {wanted.sockets} sockets")
        opened = crowd.ask("open", pages=wanted.sockets)
        idle = _silent(stand, wanted.silent_seconds)
        memory.append(stand.costs()["gateway"])
        say(f"{wanted.rate:g} turns/s for {wanted.seconds:g} s")
        before = stand.costs()
        answers = [crowd.ask("play", rate=wanted.rate, seconds=wanted.seconds)]
        memory.append(stand.costs()["gateway"])
        rows["load"] = load_row(answers[0], before, stand.costs())
        rows["memory"] = memory_row(memory, wanted.sockets) | {"idle_cpu_percent": idle}
        rows["load"]["open_seconds"] = round(opened["seconds"], 2)
        if wanted.storm_seconds:
            say("the gateway dies and is started again")
            answer, killed, ready = _storm(stand, crowd, wanted)
            answers.append(answer)
            rows["storm"] = storm_row(answer, wanted.sockets, killed, ready)
        books = books_of(crowd.ask("close"))
    found = verify.stored(stand.endpoints.database_url, run)
    rows["books"] = _books_row(books, answers, found)
    return rows


def _silent(stand: Stand, seconds: float) -> float:
    """CPU of the gateway while nobody writes, in percent of a core."""
    time.sleep(1)
    before = stand.costs()["gateway"].cpu
    time.sleep(seconds)
    return round((stand.costs()["gateway"].cpu - before) * 100 / seconds, 1)


def _storm(stand: Stand, crowd: Pages, wanted: Wanted) -> tuple[dict[str, Any], float, float]:
    crowd.tell("play", rate=wanted.rate, seconds=wanted.storm_seconds)
    time.sleep(wanted.storm_seconds * CALM_PART)
    killed = time.perf_counter()  # the same clock in every process of this machine
    ready = _restart_gateway(stand)
    return crowd.hear(), killed, ready


def _restart_gateway(stand: Stand) -> float:
    """Kill it, and let it be started again as `hala serve` does; when it was ready."""
    child = stand.family.children["gateway"]
    os.killpg(stand.roots["gateway"], signal.SIGKILL)
    deadline = time.monotonic() + START_SECONDS
    while child.is_running:
        time.sleep(TICK_SECONDS)
    while not (child.is_running and is_up(f"{stand.settings.base_url}/readyz")):
        if time.monotonic() > deadline:
            raise BenchError("bench.gateway_down: the gateway did not come back; see its log")
        stand.family.keep_running()
        time.sleep(TICK_SECONDS)
    ready = time.perf_counter()
    if child.process is not None:
        stand.roots["gateway"] = child.process.pid
    return ready


def load_row(answer: dict[str, Any], before: dict[str, Cost], after: dict[str, Cost]) -> Figures:
    """Latencies and costs of the turns. Raises `BenchError` when nothing was answered."""
    turns = len(answer["turns"])
    if not turns:
        raise BenchError(f"bench.nothing_answered: {answer['refused'] or 'no reply at all'}")
    cpu = {name: after[name].cpu - before[name].cpu for name in after}
    cpu["client"] = answer["cpu_seconds"]
    return {
        "turns_per_second": round(turns / answer["seconds"], 1),
        **figures.latencies(ms for _, _, ms in answer["turns"]),
        "by_kind": figures.by_kind([(n, kind, ms) for n, kind, ms in answer["turns"]]),
        **{f"{name}_cpu_ms": round(used * 1000 / turns, 2) for name, used in cpu.items()},
        "late": figures.latencies(answer["late"]),
        "no_page_free": answer["idle"],
        "whole_births": answer["whole"],
        "refused": answer["refused"],
        "errors": _errors(answer),
    }


def memory_row(readings: list[Cost], sockets: int) -> Figures:
    """Megabytes with no page, with silent ones, after the load; and what one socket adds."""
    names = ("none", "idle", "after")
    rss = {f"rss_{name}_mb": cost.rss for name, cost in zip(names, readings, strict=True)}
    pss = {f"pss_{name}_mb": cost.pss for name, cost in zip(names, readings, strict=True)}
    none, idle, after = (cost.pss for cost in readings)
    each: Figures = {"pss_kb_a_socket": _kilobytes(none, idle, sockets)}
    each["pss_kb_a_socket_after_load"] = _kilobytes(none, after, sockets)
    return rss | pss | each


def _kilobytes(before: float, after: float, sockets: int) -> float:
    return round((after - before) * 1024 / sockets, 1)


def storm_row(answer: dict[str, Any], sockets: int, killed: float, ready: float) -> Figures:
    """How pages came back: seconds after the gateway was ready (a page may be a little quicker than
    our own look), and what became of messages that were under way."""
    back = [o["back"] - ready for o in answer["outages"] if o["back"] is not None]
    came = figures.latencies(1000 * seconds for seconds in back)
    after = {name: round(ms / 1000, 2) for name, ms in came.items() if name != "turns"}
    return {
        "down_seconds": round(ready - killed, 2),
        "back": len(back),
        "not_back": sum(o["back"] is None for o in answer["outages"]),
        "sockets": sockets,
        **{f"back_{name.removesuffix('_ms')}": seconds for name, seconds in after.items()},
        "back_seconds": after.get("max_ms"),
        "tries_a_page": round(sum(o["tries"] for o in answer["outages"]) / sockets, 1),
        "sent_again": len(answer["again"]),
        "again": figures.latencies(answer["again"]),
        "turns": len(answer["turns"]),
        "refused": answer["refused"],
        "errors": _errors(answer),
    }


def _errors(answer: dict[str, Any]) -> int:
    refused: dict[str, int] = answer["refused"]
    return int(answer["lost"]) + sum(refused.values())


def books_of(raw: dict[str, Any]) -> Books:
    """What the pages' process printed, as it had it."""
    replies = raw.pop("replies")
    counts = {int(s): {int(n): t for n, t in found.items()} for s, found in replies.items()}
    return Books(**raw, replies=counts)


def _books_row(books: Books, answers: list[dict[str, Any]], found: verify.Stored) -> Figures:
    whole = sum(answer["whole"] for answer in answers)
    errors = sum(_errors(answer) for answer in answers)
    refused = [f"{errors} messages refused or lost"] if errors else []
    stranded = sum(o["back"] is None for answer in answers for o in answer["outages"])
    return {
        "said": books.said,
        "replies": books.told,
        "repeated": books.repeated,
        "births": found.births,
        "mismatches": [
            *faults(books),
            *verify.mismatches(books, whole, found),
            *refused,
            *([f"{stranded} pages never came back"] if stranded else []),
        ],
    }
