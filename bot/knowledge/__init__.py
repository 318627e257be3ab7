"""What Hala may say of the law and the procedures: one file per topic, both languages side by
side."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from bot.answers.result import Language
from bot.knowledge.model import Answer, TopicError, answers_of, without_target

__all__ = ["Answer", "TopicError", "all_answers", "exact", "has", "is_long", "next_steps", "short"]

ONE_MESSAGE = {"ar": 120, "fr": 250}  # characters beyond which an answer is a message of its own
# What is told of a topic when its aspect is not known.
FALLBACKS = ("general", "documents")


@cache
def all_answers() -> dict[str, Answer]:
    """Every answer by its full topic. Raises TopicError for a bad file or a step to nowhere."""
    found: dict[str, Answer] = {}
    for source in sorted(files(__name__).joinpath("topics").iterdir(), key=lambda p: p.name):
        if source.name.endswith(".toml"):
            topic = source.name.removesuffix(".toml")
            found |= answers_of(topic, tomllib.loads(source.read_text("utf-8")))
    if lost := without_target(found):
        raise TopicError(f"knowledge.no_target: {', '.join(lost)}")
    return found


def exact(topic: str) -> str | None:
    """The full topic an answer exists for: itself, else the topic's general answer."""
    head = topic.partition("/")[0]
    wanted = (topic, *(f"{head}/{aspect}" for aspect in FALLBACKS))
    return next((t for t in wanted if t in all_answers()), None)


def has(topic: str) -> bool:
    """Whether there is an answer for a topic."""
    return exact(topic) is not None


def _get(topic: str) -> Answer:
    found = exact(topic)
    if found is None:
        raise KeyError(f"knowledge.no_topic: {topic}")
    return all_answers()[found]


def short(topic: str, language: Language) -> str:
    """The answer in a language. Raises KeyError for a topic without one."""
    answer = _get(topic)
    return answer.ar if language == "ar" else answer.fr


def is_long(topic: str, language: Language) -> bool:
    """Whether the answer should be a message of its own rather than stand before a question."""
    return len(short(topic, language)) > ONE_MESSAGE[language]


def next_steps(topic: str) -> tuple[str, ...]:
    """The ids of the choices offered after the answer."""
    return _get(topic).next_steps
