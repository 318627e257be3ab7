"""The common manner of the stdin tools: one line in, one line out, at once, until the end."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

Answer = dict[str, Any]


def use_utf8() -> None:
    """UTF-8 whatever the locale says; bytes that are none become U+FFFD instead of an error."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def read(source: TextIO) -> Iterator[str]:
    """Each line without its end. Not `for line in source`, which reads ahead."""
    while line := source.readline():
        yield line.rstrip("\r\n")


def load(line: str) -> Any:
    """What a line stands for: a JSON object, a JSON string, or else the line itself."""
    if line[:1] not in {"{", '"'}:
        return line
    try:
        value = json.loads(line)
    except ValueError:
        return line
    return value if isinstance(value, dict | str) else line


def text_of(line: str) -> str:
    """The text of a line: itself, a JSON string, or the `text` of a JSON object."""
    value = load(line)
    text = value.get("text") if isinstance(value, dict) else value
    return text if isinstance(text, str) else line


def dump(value: Any) -> str:
    """One line of JSON in readable letters; lone surrogates, which no encoding has, are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() or _encodes(text) else json.dumps(value)


def to_stderr(line: str) -> None:
    """What is not an answer, such as progress."""
    print(line, file=sys.stderr, flush=True)


def answer_each(
    answer: Callable[[str], Answer], plain: Callable[[Answer], str], as_json: bool
) -> None:
    """Run a tool over standard input."""
    use_utf8()
    show = dump if as_json else plain
    for line in read(sys.stdin):
        print(show(answer(text_of(line))), flush=True)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
