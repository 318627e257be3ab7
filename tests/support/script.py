"""Reads a conversation file: a talk a person can read, and a test can play.

# title
channel: sms
now: 2025-11-21T10:00

C: what the citizen types
H: words that must be in the reply          !: words that must not
@ step            where it must stand        = step value    what the draft must hold
~ 26 hours        time passes                 segments <= 16  what all replies may cost so far
messages <= 11    how many messages the citizen may have typed
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.support.phone import CASABLANCA, FRIDAY, Phone, Reader


@dataclass
class Script:
    """One conversation file."""

    path: Path
    channel: str = "sms"
    now: datetime = FRIDAY
    lines: list[tuple[int, str, str]] = field(default_factory=list)


MARKS = ("C:", "H:", "!:", "@", "=", "~", "segments <=", "messages <=")


def read_script(path: Path) -> Script:
    """Parse a file. Raises ValueError naming the line that is none of the known kinds."""
    script = Script(path)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("channel:"):
            script.channel = text.partition(":")[2].strip()
        elif text.startswith("now:"):
            moment = datetime.fromisoformat(text.partition(":")[2].strip())
            script.now = moment.replace(tzinfo=CASABLANCA)
        else:
            script.lines.append((number, *_mark(text, path, number)))
    return script


def _mark(text: str, path: Path, number: int) -> tuple[str, str]:
    for mark in MARKS:
        if text.startswith(mark):
            return mark, text[len(mark) :].strip()
    raise ValueError(f"{path.name}:{number}: not a line of a conversation: {text[:40]}")


def play(script: Script, understand: Reader) -> Phone:
    """Play a conversation; AssertionError names the line that does not hold and what came
    instead."""
    phone = Phone(script.channel, understand, script.now)  # type: ignore[arg-type]
    reply = ""
    for number, mark, text in script.lines:
        if mark == "C:":
            reply = phone.say(text)
        elif mark == "~":
            amount, unit = text.split()
            phone.wait(**{unit: float(amount)})
        else:
            problem = _check(phone, reply, mark, text)
            where = f"{script.path.name}:{number}: {mark} {text}"
            assert not problem, f"{where}\n  {problem}\n  reply was: {reply}"
    return phone


def _check(phone: Phone, reply: str, mark: str, text: str) -> str:
    if mark == "H:":
        return "" if text in reply else "not in the reply"
    if mark == "!:":
        return "in the reply" if text in reply else ""
    if mark == "@":
        return "" if phone.state.at == text else f"stands at {phone.state.at}"
    if mark == "=":
        step, _, wanted = text.partition(" ")
        return "" if str(phone.values.get(step)) == wanted else f"holds {phone.values.get(step)}"
    used = phone.segments_out if mark.startswith("segments") else len(phone.sent)
    return "" if used <= int(text) else f"used {used}"
