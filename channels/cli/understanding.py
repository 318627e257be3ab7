"""What `hala parse`, `train`, `evaluate` and `rasa` do; the command line wires them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from bot.dialogue.messages import Understood
from bot.language import detect
from channels.cli.lines import dump, text_of
from integrations.understanding import Understanding, interpreter, server, training
from integrations.understanding.answer import Span
from integrations.understanding.client import readable
from integrations.understanding.commandline import with_our_paths
from integrations.understanding.held_out import (
    Example,
    Score,
    f1_by_intent,
    read_examples,
    score,
)
from integrations.understanding.process import Start, UnderstandingDown, running

Parsed = dict[str, Any]
# A tool waits longer than a turn may: the first parse after a start is slower than the others.
_TOOL_TIMEOUT = 5.0
_PATIENCE = 3


class UnderstandingUnavailable(Exception):
    """No Rasa environment to run; the text says what to do."""


def rasa_python(checkout: Path) -> Path:
    """The interpreter of the Rasa environment. Raises `UnderstandingUnavailable`."""
    python = interpreter.of_environment(checkout)
    if python is None:
        raise UnderstandingUnavailable(f"{checkout / '.venv-rasa'} is missing: run `make setup`")
    return python


def train(checkout: Path, data_dir: Path, say: Callable[[str], None], force: bool = False) -> Path:
    """The path of the model of the present data. Raises `TrainingError` or
    `UnderstandingUnavailable`."""
    return training.train(checkout, data_dir, rasa_python(checkout), say, force)


def start_of(checkout: Path, data_dir: Path, say: Callable[[str], None]) -> Start:
    """What starts the understanding process on the present data, trained first if it must be."""
    model = train(checkout, data_dir, say)
    return Start(checkout, rasa_python(checkout), model, data_dir / "logs" / "understanding.log")


def parse_lines(
    source: TextIO, sink: TextIO, base_url: str, start: Callable[[], Start], as_json: bool
) -> None:
    """One answer line for each input line, flushed at once. Understanding is started when none
    answers at `base_url`; `start` is called only then. A line is a text, a JSON string or a JSON
    object with `text`. Raises `UnderstandingDown`."""
    asyncio.run(_parse_lines(source, sink, base_url, start, as_json))


async def _parse_lines(
    source: TextIO, sink: TextIO, base_url: str, start: Callable[[], Start], as_json: bool
) -> None:
    async with running(base_url, start):
        understanding = Understanding(base_url, _TOOL_TIMEOUT)
        while line := await asyncio.to_thread(source.readline):
            parsed = await parse(text_of(line.rstrip("\r\n")), understanding)
            sink.write((dump(parsed) if as_json else plain(parsed)) + "\n")
            sink.flush()
        await understanding.close()


async def parse(text: str, understanding: Understanding) -> Parsed:
    """What `hala parse` prints for a text; `intent` is null when understanding does not answer."""
    found = detect(text)
    language = {
        "code": found.code,
        "script": found.script,
        "variety": found.variety,
        "confidence": round(found.confidence, 4),
    }
    sent = readable(text)
    reading = await understanding.reading(sent)
    if reading is None:
        return _answer(text, language, None, 0.0, None, [])
    entities = [_entity(span, sent, sent == text) for span in sorted(reading.spans, key=_place)]
    confidence = round(reading.confidence, 4)
    return _answer(text, language, reading.intent, confidence, reading.topic, entities)


def plain(parsed: Mapping[str, Any]) -> str:
    """A line for people: topic, confidence, variety, entities."""
    entities = " ".join(f"{e['entity']}={e['text']}" for e in parsed["entities"])
    name = parsed["topic"] or "understanding does not answer"
    variety = parsed["language"]["variety"]
    return f"{name}\t{parsed['confidence']:.2f}\t{variety}\t{entities}".rstrip()


def _answer(
    text: str,
    language: Mapping[str, Any],
    intent: str | None,
    confidence: float,
    topic: str | None,
    entities: list[Parsed],
) -> Parsed:
    return {
        "text": text,
        "language": language,
        "intent": intent,
        "confidence": confidence,
        "topic": topic,
        "entities": entities,
    }


def _entity(span: Span, sent: str, as_typed: bool) -> Parsed:
    """An entity; its offsets only where they are those of the text as typed."""
    return {
        "entity": span.kind,
        "text": sent[span.start : span.end],
        **({"role": span.role} if span.role else {}),
        **({"start": span.start, "end": span.end} if as_typed else {}),
        "confidence": round(span.confidence, 4),
    }


def _place(span: Span) -> int:
    return span.start


def evaluate(
    checkout: Path, data_dir: Path, base_url: str, start: Callable[[], Start]
) -> dict[str, Any]:
    """Scores on the held-out sentences, per variety and over all, with the F1 of each intent; also
    written to `<data_dir>/evaluations/<model>.json`. Raises `UnderstandingDown`."""
    files = sorted((checkout / training.HELD_OUT).glob("*.yml"))
    answered = asyncio.run(_answer_files(files, base_url, start))
    every = [pair for pairs in answered.values() for pair in pairs]
    report = {
        "model": training.fingerprint(checkout),
        "varieties": {name: asdict(score(pairs)) for name, pairs in answered.items()},
        "all": asdict(score(every)),
        "intents": f1_by_intent(every),
    }
    target = data_dir / "evaluations" / f"{report['model']}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return report


Pairs = list[tuple[Example, Understood]]


async def _answer_files(
    files: Iterable[Path], base_url: str, start: Callable[[], Start]
) -> dict[str, Pairs]:
    async with running(base_url, start):
        understanding = Understanding(base_url, _TOOL_TIMEOUT)
        answered = {
            path.stem: [(e, await _ask(e.text, understanding)) for e in read_examples(path)]
            for path in files
        }
        await understanding.close()
    return answered


async def _ask(text: str, understanding: Understanding) -> Understood:
    """An evaluation with holes would lie: a sentence that is not answered stops it."""
    for _ in range(_PATIENCE):
        if understood := await understanding.understand(text):
            return understood
    raise UnderstandingDown("understanding stopped answering during the evaluation")


def table(report: Mapping[str, Any]) -> str:
    """The report for people, one row for each variety, then the weakest intents."""
    columns = tuple(Score.__dataclass_fields__)
    rows = [("", *columns)]
    for name, scores in [*report["varieties"].items(), ("all", report["all"])]:
        rows.append((name, *(_cell(scores[column]) for column in columns)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns) + 1)]
    lines = ["  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
    weakest = sorted(report["intents"].items(), key=lambda item: item[1])[:8]
    lines.append("weakest: " + ", ".join(f"{name} {value:.2f}" for name, value in weakest))
    return "\n".join(lines)


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def run_rasa(checkout: Path, data_dir: Path, arguments: list[str]) -> int:
    """Rasa's own command line, with our paths where none is given. Returns its exit code."""
    model = training.model_path(checkout, data_dir)
    command = server.rasa(rasa_python(checkout), *with_our_paths(arguments, model))
    return subprocess.run(command, cwd=checkout, env=server.environment(os.environ)).returncode
