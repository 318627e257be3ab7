"""The protocol's objects: what a page may send, and what it is sent, on the socket and by polling.

Pure: bytes and values in, JSON values out. docs/web.md holds the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from actions.messages import QueuedReply
from bot.answers.result import Language
from bot.dialogue.messages import Inbound
from integrations.database.transcripts import Said, Told, Transcript

LARGEST_FRAME = 16 * 1024
LONGEST_TEXT = 2_000
_LONGEST_CHOICE = 200
# Never part of what somebody writes, and able to turn round what is read beside it.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Frame = dict[str, Any]


class BadFrameError(Exception):
    """What a page sent cannot be taken; `code` is that of a `refused` frame."""

    def __init__(self, code: str, message_id: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class Say:
    """A message as a page sends it, and the page's language then. Never log it."""

    id: str
    text: str
    choice: str | None
    language: Language | None = None

    @property
    def inbound(self) -> Inbound:
        """For the turn."""
        return Inbound(self.text, self.choice, language=self.language)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks a session for."""

    language: Language
    embed: bool


def object_of(raw: str | bytes) -> Mapping[str, Any]:
    """A JSON object. Raises BadFrameError."""
    try:
        value = orjson.loads(raw)
    except ValueError:
        raise BadFrameError("bad_message") from None
    if not isinstance(value, dict):
        raise BadFrameError("bad_message")
    return value


def say_of(frame: Mapping[str, Any]) -> Say:
    """A message. Raises BadFrameError."""
    message_id, text, choice = frame.get("id"), frame.get("text", ""), frame.get("choice")
    if not isinstance(message_id, str) or not _ID.fullmatch(message_id):
        raise BadFrameError("bad_message")
    if not isinstance(text, str) or not (choice is None or isinstance(choice, str)):
        raise BadFrameError("bad_message", message_id)
    text = _CONTROLS.sub("", text)
    if len(text) > LONGEST_TEXT:
        raise BadFrameError("too_long", message_id)
    if choice and (len(choice) > _LONGEST_CHOICE or _CONTROLS.search(choice)):
        raise BadFrameError("bad_message", message_id)
    if not (text.strip() or choice):
        raise BadFrameError("bad_message", message_id)
    return Say(message_id, text, choice or None, _language(frame))


def asked_of(frame: Mapping[str, Any], otherwise: Language) -> Asked:
    """What `POST /chat/session` says; `otherwise`: the language when it names none of ours."""
    return Asked(_language(frame) or otherwise, frame.get("embed") is True)


def _language(frame: Mapping[str, Any]) -> Language | None:
    said = frame.get("lang")
    return "ar" if said == "ar" else "fr" if said == "fr" else None


def number_of(told: str | None) -> int:
    """A number of a query; 0 when it is none."""
    return int(told) if told and told.isascii() and told.isdigit() and len(told) < 10 else 0


def provider_id(session_id: UUID, message_id: str) -> str:
    """The message's id among all sessions' messages."""
    return f"{session_id}:{message_id}"


def said_frame(message_id: str, body: Mapping[str, Any], at: datetime) -> Frame:
    """What the citizen said, as it was stored."""
    named = {"type": "said", "id": message_id}
    return named | {"text": body["text"], "choice": body["choice"], "at": _iso(at)}


def reply_frame(reply: QueuedReply, message_id: str | None, at: datetime) -> Frame:
    """A reply as the turn made it."""
    body = {"text": reply.text, "choices": reply.choices, "card": reply.card}
    return _reply(reply.seq, message_id, reply.kind, body, at)


def entries_of(transcript: Transcript) -> list[Frame]:
    """A stored conversation as a page shows it."""
    return [_entry(entry) for entry in transcript.entries]


def _entry(entry: Said | Told) -> Frame:
    if isinstance(entry, Said):
        return said_frame(_own(entry.provider_id), entry.body, entry.at)
    answered = None if entry.answers is None else _own(entry.answers[0])
    return _reply(entry.seq, answered, entry.kind, entry.body, entry.at)


def hello(
    entries: Iterable[Frame], last: int, panel: Frame, *, trial: bool, idle_seconds: int
) -> Frame:
    """The first frame of a socket, and the answer of `POST /chat/session`."""
    return {
        "type": "hello",
        "panel": panel,
        "entries": list(entries),
        "last": last,
        "trial": trial,
        "idle_seconds": idle_seconds,
        "limits": {"text": LONGEST_TEXT},
    }


def refused(message_id: str | None, code: str, message: str) -> Frame:
    """Not stored."""
    return {"type": "refused", "id": message_id, "code": code, "message": message}


def _reply(
    seq: int, message_id: str | None, kind: str, body: Mapping[str, Any], at: datetime
) -> Frame:
    choices = [{"id": choice, "label": label} for choice, label in body.get("choices", ())]
    named = {"type": "reply", "seq": seq, "re": message_id, "kind": kind, "text": body["text"]}
    return named | {"choices": choices, "card": body.get("card"), "at": _iso(at)}


def _own(stored_id: str) -> str:
    """The page's own id within a provider id."""
    return stored_id.partition(":")[2]


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
