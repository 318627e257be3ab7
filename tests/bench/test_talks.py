"""What the benchmark types must be what it says it measures."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from bench.talks import LONG_TURNS, Talk, talks
from bot.dialogue.messages import Understood
from tests.dialogue.births import declares_birth
from tests.support.phone import FRIDAY, Phone, Reader

TODAY = FRIDAY.date()


def some(kind: str, count: int, seed: int = 1, today: date = TODAY) -> list[Talk]:
    return list(itertools.islice(talks(kind, seed, today), count))


def typed(talk: Talk, understand: Reader) -> Phone:
    phone = Phone(understand=understand)
    for said in talk:
        phone.say(said.text)
    return phone


def refuse(text: str) -> Understood | None:
    raise AssertionError(f"understanding was asked: {text}")


@pytest.mark.parametrize("number", range(4))
def test_a_form_ends_with_a_reference_and_needs_no_understanding(number: int) -> None:
    phone = typed(some("form", 4)[number], refuse)
    assert phone.draft is not None
    assert phone.draft.status == "submitted"


@pytest.mark.parametrize("number", range(2))
def test_a_long_talk_stays_at_the_review(number: int) -> None:
    talk = some("long", 2)[number]
    phone = typed(talk[:-1], refuse)  # the last one begins another correction
    assert len(talk) == LONG_TURNS
    assert phone.draft is not None
    assert phone.draft.status == "open"
    assert phone.state.at == "review"


def test_a_mixed_talk_asks_and_still_ends_with_a_reference() -> None:
    asked: list[str] = []

    def read(text: str) -> Understood | None:
        asked.append(text)
        opening = declares_birth()(text)
        question = Understood("required_documents", "required_documents", 0.9)
        return opening if len(asked) == 1 else question

    phone = typed(some("mixed", 1)[0], read)
    assert len(asked) == 3
    assert phone.draft is not None
    assert phone.draft.status == "submitted"


def test_no_question_comes_twice() -> None:
    texts = [said.text for talk in some("faq", 250) for said in talk]
    assert len(set(texts)) == len(texts) == 1250


def test_the_same_seed_types_the_same() -> None:
    assert some("mixed", 3, seed=5) == some("mixed", 3, seed=5)
    assert some("mixed", 3, seed=5) != some("mixed", 3, seed=6)


def test_unknown_kind() -> None:
    with pytest.raises(KeyError):
        talks("dance", 1, TODAY)
