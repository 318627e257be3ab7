"""The tools over one part each: `hala segments`, `hala answer`, `hala parse`, `hala render`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from string import Formatter
from typing import Annotated, Literal

import typer

from channels.cli.faults import Fault
from channels.cli.lines import Answer, answer_each, dump, to_stderr, use_utf8

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, one object a line.")]
Now = Annotated[
    datetime | None,
    typer.Option(help="Time of the message.", parser=datetime.fromisoformat, metavar="ISO"),
]
LanguageName = Literal["ar", "fr"]
ChannelName = Literal["web", "whatsapp", "sms", "ussd"]


def register(app: typer.Typer) -> None:
    """Add the tools to the command line."""
    for command in (segments, answer, parse, render):
        app.command()(command)


def segments(as_json: Json = False) -> None:
    """What each line of standard input costs by SMS."""
    from bot.language import sms

    def answered(text: str) -> Answer:
        cost = sms.segments(text)
        found = {"encoding": cost.encoding, "segments": cost.segments, "units": cost.units}
        return {"text": text, **found}

    answer_each(answered, _shown("segments", "encoding", "units"), as_json)


def answer(
    kind: Annotated[str, typer.Argument(help="Kind of answer: date, time, name_ar, cnie, ...")],
    lang: Annotated[LanguageName, typer.Option(help="Language of labels.")] = "fr",
    now: Now = None,
    as_json: Json = False,
) -> None:
    """How one answer parser reads each line of standard input."""
    from bot import answers
    from bot.answers.result import AnswerContext
    from integrations.platform.clock import clock_from, local

    if kind not in answers.KINDS:
        raise Fault(f"answer.unknown_kind: {kind}; known: {', '.join(sorted(answers.KINDS))}")
    clock = clock_from(now)

    def answered(text: str) -> Answer:
        context = AnswerContext(lang, local(clock.now()))
        return {"text": text, **_outcome(answers.parse(kind, text, context))}

    answer_each(answered, _shown("accepted", "value", "candidates", "problem"), as_json)


def _outcome(parsed: object) -> Answer:
    from bot.answers.result import Accepted, Ambiguous, Refused

    outcome: Answer = {"accepted": False, "value": None, "candidates": [], "problem": None}
    match parsed:
        case Accepted(value):
            return {**outcome, "accepted": True, "value": value}
        case Ambiguous(candidates):
            listed = [{"value": c.value, "label": c.label} for c in candidates]
            return {**outcome, "candidates": listed}
        case Refused(problem):
            return {**outcome, "problem": problem}
    return {**outcome, "problem": "not_an_answer"}


def parse(as_json: Json = False) -> None:
    """How understanding reads each line of standard input; starts it when it does not run."""
    from channels.cli import understanding
    from integrations.platform.settings import CHECKOUT, Settings

    use_utf8()
    settings = Settings.load()
    start = partial(understanding.start_of, CHECKOUT, settings.data_dir, to_stderr)
    understanding.parse_lines(sys.stdin, sys.stdout, settings.understanding_base, start, as_json)


def render(
    key: Annotated[str, typer.Argument(help="Catalogue key, e.g. ask.birth_date.")],
    channel: Annotated[ChannelName, typer.Option(help="Channel whose limits apply.")] = "sms",
    lang: Annotated[LanguageName, typer.Option(help="Language of the sentence.")] = "fr",
    value: Annotated[
        list[str] | None, typer.Option("--value", help="NAME=TEXT; otherwise {NAME} is shown.")
    ] = None,
    as_json: Json = False,
) -> None:
    """One sentence of the catalogue as a channel carries it."""
    from bot.language import sms
    from bot.wording import sentence, wording

    use_utf8()
    fields = [name for _, name, _, _ in Formatter().parse(wording(key, lang, channel)) if name]
    shown: dict[str, str | int] = {name: f"{{{name}}}" for name in fields}
    text = sentence(key, lang, channel, {**shown, **_values(value or [])})
    cost = sms.segments(text)
    print(dump({"key": key, "text": text, "segments": cost.segments}) if as_json else text)


def _values(given: list[str]) -> dict[str, str | int]:
    pairs = [pair.partition("=") for pair in given]
    if faulty := next((name for name, equals, _ in pairs if not equals), None):
        raise Fault(f"render.no_value: --value {faulty} is not NAME=TEXT")
    return {name: _number_or_text(text) for name, _, text in pairs}


def _number_or_text(text: str) -> str | int:
    return int(text) if text.isascii() and text.isdigit() else text


def _shown(*columns: str) -> Callable[[Answer], str]:
    """A line for people: the columns that hold something, `name=value`."""

    def line(found: Answer) -> str:
        held = [(name, found[name]) for name in columns if found[name] not in (None, [])]
        return "  ".join(f"{name}={_cell(value)}" for name, value in held)

    return line


def _cell(value: object) -> str:
    return value if isinstance(value, str) else dump(value)
