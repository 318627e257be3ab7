"""What `hala talk` reads and prints, for people and, with `--json`, for programs."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Any

from actions.messages import QueuedReply, Turn
from bot.dialogue.messages import Inbound
from bot.language import segments
from channels.cli import lines
from channels.cli.console import Caller, Console
from integrations.platform.logs import configure_logs
from integrations.platform.settings import Settings

Line = dict[str, Any]
EMPTY: Line = {
    "replies": [],
    "flow": None,
    "step": None,
    "language": None,
    "understood": None,
    "reference": None,
    "handover": None,
}


def run(settings: Settings, caller: Caller, now: datetime | None, as_json: bool) -> None:
    """Talk until the input ends."""
    lines.use_utf8()
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    console = Console(caller, now)
    show = lines.dump if as_json else plain
    with asyncio.Runner() as runner:
        try:
            runner.run(console.open(settings))
            talk = Talk(console)
            for line in lines.read(sys.stdin):
                print(show(runner.run(talk.answer(line))), flush=True)
        finally:
            runner.run(console.close())


class Talk:
    """Answers lines; remembers where the conversation stands for a line that is no message."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stands = EMPTY

    async def answer(self, line: str) -> Line:
        """What one line gets: the replies, and where the conversation then stands."""
        value = lines.load(line)
        wanted = value if isinstance(value, dict) else {"text": value}
        shown = wanted["text"] if wanted.keys() == {"text"} else wanted
        if fault := fault_of(wanted):
            lines.to_stderr(fault)
        elif wanted.keys() == {"now"}:
            self._console.set_clock(datetime.fromisoformat(wanted["now"]))
        else:
            self._stands = await self._receive(wanted)
            return {"in": shown, **self._stands}
        return {"in": shown, **self._stands, "replies": [], "understood": None}

    async def _receive(self, wanted: Line) -> Line:
        if "now" in wanted:
            self._console.set_clock(datetime.fromisoformat(wanted["now"]))
        return told(await self._console.receive(inbound_of(wanted)))


def fault_of(wanted: Line) -> str | None:
    """Why an object is no message; None for one that is."""
    if not wanted.keys() & {"text", "choice", "now", "media"}:
        return 'talk.no_message: an object needs "text", "choice" or "now"'
    if not all(isinstance(value, str) for value in wanted.values()):
        return "talk.no_message: each value must be a string"
    try:
        datetime.fromisoformat(wanted.get("now", "2000-01-01"))
    except ValueError:
        return 'talk.no_time: "now" must be an ISO time'
    return None


def inbound_of(wanted: Line) -> Inbound:
    """The message an object stands for."""
    return Inbound(wanted.get("text", ""), wanted.get("choice"), wanted.get("media"))


def told(turn: Turn) -> Line:
    """A turn as `--json` prints it. A turn that failed is stored and has no replies yet."""
    replies = [reply_of(reply) for reply in turn.replies]
    line: Line = {**EMPTY, "replies": replies, "language": turn.language}
    if (outcome := turn.outcome) is None:
        return line
    used = outcome.understood
    return {
        **line,
        "flow": outcome.flow,
        "step": outcome.step,
        "understood": used and {"intent": used.intent, "confidence": round(used.confidence, 4)},
        "reference": outcome.reference,
        "handover": "requested" if outcome.state.ticket else None,
    }


def reply_of(reply: QueuedReply) -> Line:
    """One reply as `--json` prints it."""
    choices = [{"id": choice, "label": label} for choice, label in reply.choices]
    return {"text": reply.text, "choices": choices, "segments": segments(reply.text).segments}


def plain(line: Line) -> str:
    """A turn for people: each reply, its choices, an empty line."""
    shown = [part for reply in line["replies"] for part in (reply["text"], *_buttons(reply))]
    return "\n".join([*shown, ""])


def _buttons(reply: Line) -> list[str]:
    # Where a channel has no buttons, the numbered choices are already in the text.
    labels = [choice["label"] for choice in reply["choices"]]
    if all(label in reply["text"] for label in labels):
        return []
    return [f"[{number}] {label}" for number, label in enumerate(labels, start=1)]
