"""The client against a server on loopback that behaves and misbehaves."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot.dialogue.messages import Entity, Understood
from integrations.understanding import ParseCache, Understanding
from tests.integrations.understanding.imitation import Imitation, imitation

TEXT = "تزاد عندي ولد البارح"
ANSWER = {
    "text": TEXT,
    "intent": {"name": "declare_birth", "confidence": 0.9},
    "intent_ranking": [
        {"name": "declare_birth", "confidence": 0.9},
        {"name": "procedure_birth", "confidence": 0.06},
    ],
    "entities": [
        {"entity": "sex", "start": 10, "end": 13, "value": "?", "confidence_entity": 0.8},
        {"entity": "date", "start": 14, "end": 20, "value": "?", "confidence_entity": 0.7},
    ],
}
UNDERSTOOD = Understood(
    "declare_birth",
    "declare_birth",
    0.9,
    (Entity("sex", "ولد", None, 0.8), Entity("date", "البارح", None, 0.7)),
    (("procedure_birth", 0.06),),
)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Shelf:
    """A store in memory, which can be told to fail."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.lives: list[int] = []
        self.broken = False

    async def get(self, key: str) -> str | None:
        if self.broken:
            raise ConnectionError
        return self.kept.get(key)

    async def set(self, key: str, value: str, ttl_seconds: int) -> None:
        if self.broken:
            raise ConnectionError
        self.kept[key] = value
        self.lives.append(ttl_seconds)


@pytest.fixture
def rasa() -> Iterator[Imitation]:
    with imitation() as server:
        server.body = ANSWER
        yield server


def ask(client: Understanding, *texts: str) -> list[Understood | None]:
    """Ask all texts one after the other and close the client."""

    async def run() -> Any:
        try:
            return [await client.understand(text) for text in texts]
        finally:
            await client.close()

    return asyncio.run(run())


def cache(shelf: Shelf, model: str = "m1") -> ParseCache:
    return ParseCache(shelf, lambda text: hmac.digest(b"key", text.encode(), "sha256"), model)


def test_reads_intent_alternatives_and_entities_from_their_spans(rasa: Imitation) -> None:
    assert ask(Understanding(rasa.base_url), TEXT) == [UNDERSTOOD]


def test_sends_the_normalised_text_cut_at_500_characters(rasa: Imitation) -> None:
    rasa.body = {**ANSWER, "entities": []}
    ask(Understanding(rasa.base_url), "\u200f" + TEXT + "\n", "a" * 600)
    assert rasa.asked == [TEXT, "a" * 500]


def test_an_empty_text_is_out_of_scope_without_asking(rasa: Imitation) -> None:
    [understood] = ask(Understanding(rasa.base_url), " \u200f\n")
    assert understood == Understood("out_of_scope", "out_of_scope", 0.0)
    assert rasa.asked == []


def test_a_topic_is_reported_beside_its_intent(rasa: Imitation) -> None:
    intent = {
        "name": "procedure_birth",
        "confidence": 0.8,
        "full_retrieval_intent_name": "procedure_birth/documents",
    }
    rasa.body = {"intent": intent, "entities": []}
    [understood] = ask(Understanding(rasa.base_url), TEXT)
    assert understood == Understood("procedure_birth", "procedure_birth/documents", 0.8)


def test_a_fallback_is_out_of_scope_with_the_guesses_as_alternatives(rasa: Imitation) -> None:
    ranking = [{"name": "nlu_fallback", "confidence": 0.4}, {"name": "fees", "confidence": 0.3}]
    rasa.body = {"intent": ranking[0], "intent_ranking": ranking, "entities": []}
    [understood] = ask(Understanding(rasa.base_url), TEXT)
    assert understood == Understood("out_of_scope", "out_of_scope", 0.3, (), (("fees", 0.3),))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(500, ANSWER, id="500"),
        pytest.param(409, {"status": "failure"}, id="no model loaded"),
        pytest.param(200, b"<html>", id="not json"),
        pytest.param(200, [], id="another shape"),
        pytest.param(200, {"intent": None}, id="no intent"),
        pytest.param(200, {**ANSWER, "entities": [{"entity": "sex"}]}, id="no span"),
    ],
)
def test_a_bad_answer_is_no_understanding(rasa: Imitation, status: int, body: Any) -> None:
    rasa.status, rasa.body = status, body
    assert ask(Understanding(rasa.base_url), TEXT) == [None]


def test_a_slow_answer_is_no_understanding(rasa: Imitation) -> None:
    rasa.delay = 0.5
    assert ask(Understanding(rasa.base_url, timeout=0.05), TEXT) == [None]


def test_a_server_that_is_down_is_no_understanding() -> None:
    with imitation() as gone:
        url = gone.base_url
    assert ask(Understanding(url), TEXT) == [None]


def test_opens_after_five_failures_and_tries_again_after_ten_seconds(rasa: Imitation) -> None:
    clock = Clock()

    async def run() -> Any:
        client = Understanding(rasa.base_url, clock=clock)
        rasa.status = 500
        for _ in range(7):
            assert await client.understand(TEXT) is None
        assert (len(rasa.asked), client.is_available) == (5, False)
        clock.now = 10.0
        assert await client.understand(TEXT) is None
        assert len(rasa.asked) == 6
        rasa.status = 200
        assert await client.understand(TEXT) is None
        assert len(rasa.asked) == 6
        clock.now = 20.0
        assert await client.understand(TEXT) == UNDERSTOOD
        assert client.is_available
        assert await client.understand(TEXT) == UNDERSTOOD
        await client.close()

    asyncio.run(run())


def test_four_failures_and_a_success_keep_it_closed(rasa: Imitation) -> None:
    async def run() -> Any:
        client = Understanding(rasa.base_url)
        for status in [500] * 4 + [200] + [500] * 4 + [200]:
            rasa.status = status
            await client.understand(TEXT)
        await client.close()
        return client.is_available

    assert asyncio.run(run())


def test_half_open_lets_one_of_many_through(rasa: Imitation) -> None:
    clock = Clock()

    async def run() -> Any:
        client = Understanding(rasa.base_url, clock=clock)
        rasa.status = 500
        for _ in range(5):
            await client.understand(TEXT)
        clock.now, rasa.status = 11.0, 200
        answers = await asyncio.gather(*(client.understand(TEXT) for _ in range(4)))
        await client.close()
        return answers

    assert asyncio.run(run()) == [UNDERSTOOD, None, None, None]
    assert len(rasa.asked) == 6


def test_the_cache_answers_the_second_time_also_while_the_server_is_down(rasa: Imitation) -> None:
    shelf = Shelf()
    client = Understanding(rasa.base_url, cache=cache(shelf))

    async def run() -> Any:
        first = await client.understand(TEXT)
        rasa.status = 500
        second = await client.understand("  " + TEXT)
        await client.close()
        return first, second

    assert asyncio.run(run()) == (UNDERSTOOD, UNDERSTOOD)
    assert (len(rasa.asked), shelf.lives) == (1, [3600])


def test_the_cache_holds_no_word_of_the_text(rasa: Imitation) -> None:
    shelf = Shelf()
    ask(Understanding(rasa.base_url, cache=cache(shelf)), TEXT)
    [(key, value)] = shelf.kept.items()
    stored = key + value
    assert not [word for word in TEXT.split() if word in stored]
    assert hashlib.sha256(TEXT.encode()).hexdigest() not in key


def test_a_new_model_does_not_use_old_readings(rasa: Imitation) -> None:
    shelf = Shelf()
    ask(Understanding(rasa.base_url, cache=cache(shelf, "m1")), TEXT)
    ask(Understanding(rasa.base_url, cache=cache(shelf, "m2")), TEXT)
    assert len(rasa.asked) == 2


@pytest.mark.parametrize("damage", ["not json", "{}", '{"spans": 1}'])
def test_a_damaged_entry_is_asked_again(rasa: Imitation, damage: str) -> None:
    shelf = Shelf()
    ask(Understanding(rasa.base_url, cache=cache(shelf)), TEXT)
    shelf.kept = dict.fromkeys(shelf.kept, damage)
    assert ask(Understanding(rasa.base_url, cache=cache(shelf)), TEXT) == [UNDERSTOOD]


def test_a_failing_store_costs_nothing_but_the_call(rasa: Imitation) -> None:
    shelf = Shelf()
    shelf.broken = True
    assert ask(Understanding(rasa.base_url, cache=cache(shelf)), TEXT) == [UNDERSTOOD]


def test_failures_are_not_cached(rasa: Imitation) -> None:
    shelf = Shelf()
    rasa.status = 500
    ask(Understanding(rasa.base_url, cache=cache(shelf)), TEXT)
    assert shelf.kept == {}


def test_the_text_is_in_no_log_record(rasa: Imitation, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shelf = Shelf()
    shelf.broken, rasa.body = True, b"garbage"
    ask(Understanding(rasa.base_url, cache=cache(shelf)), TEXT)
    assert "understanding failed" in caplog.text
    assert not [word for word in TEXT.split() if word in caplog.text]
