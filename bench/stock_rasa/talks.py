"""What is typed to the rival: the same shapes as to Hala, in words it was trained on."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.talks import LONG_TURNS, Said, Talk

TALKS = Path(__file__).with_name("talks.json")
KINDS = ("mixed", "form", "faq", "long")
FAQ_TURNS = 20
QUESTIONS_BETWEEN_BIRTHS = 9
QUESTION_AFTER = 5  # messages of the form, in the mixed talk


def talks(kind: str) -> Iterator[Talk]:
    """Conversations without end, one language after the other. KeyError on an unknown kind."""
    data = json.loads(TALKS.read_text(encoding="utf-8"))
    makers = {"mixed": _mixed, "form": _form, "faq": _faq, "long": _long}
    make = makers[kind]
    return (make(data, number) for number in itertools.count())


def _form(data: dict[str, Any], number: int) -> Talk:
    birth = data["births"][number % 2]
    return [Said("free", birth[0]), *(Said("form", text) for text in birth[1:])]


def _faq(data: dict[str, Any], _: int) -> Talk:
    return list(itertools.islice(itertools.cycle(_questions(data)), FAQ_TURNS))


def _mixed(data: dict[str, Any], number: int) -> Talk:
    form, asked = _form(data, number), _questions(data)
    greeting = Said("free", data["greetings"][number % 2])
    inside = [*form[:QUESTION_AFTER], asked[3], *form[QUESTION_AFTER:]]
    return [greeting, *asked[:2], *inside, asked[2], Said("free", data["goodbye"])]


def _long(data: dict[str, Any], number: int) -> Talk:
    asked = itertools.cycle(_questions(data))
    said: Talk = []
    for birth in itertools.count(number):
        said += [*_form(data, birth), *itertools.islice(asked, QUESTIONS_BETWEEN_BIRTHS)]
        if len(said) >= LONG_TURNS:
            break
    return said[:LONG_TURNS]


def _questions(data: dict[str, Any]) -> Talk:
    return [Said("free", text) for text in data["questions"]]
