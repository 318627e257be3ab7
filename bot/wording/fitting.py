"""Cuts a reply that is too long for its channel into several, at the borders of sentences and
choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.answers.result import Language
from bot.dialogue.messages import Channel, Choice, Reply, Sentence, Verbatim
from bot.language import segments
from bot.wording.rendering import render

MAX_SEGMENTS = 3  # of one SMS: longer ones arrive in disorder on old routes and cost more


def fit(replies: Iterable[Reply], language: Language, channel: Channel) -> tuple[Reply, ...]:
    """The replies as the channel can carry them. Numbers of choices go on across the parts."""
    if channel != "sms":
        return tuple(replies)
    return tuple(part for reply in replies for part in _cut(reply, language))


def _fits(reply: Reply, language: Language) -> bool:
    return segments(render(reply, language, "sms").text).segments <= MAX_SEGMENTS


def _cut(reply: Reply, language: Language) -> list[Reply]:
    if _fits(reply, language):
        return [reply]
    parts = [replace(reply, sentences=(), choices=(), footer=())]
    pieces = [*reply.sentences, *reply.choices, *((f,) for f in reply.footer)]
    for piece in pieces:
        longer = _with(parts[-1], piece)
        if _fits(longer, language) or not _has_words(parts[-1]):
            parts[-1] = longer
        else:
            first = parts[-1].first_number + len(parts[-1].choices)
            empty = Reply((), kind=reply.kind, first_number=first)
            parts.append(_with(empty, piece))
    return parts


def _has_words(reply: Reply) -> bool:
    return bool(reply.sentences or reply.choices or reply.footer)


Piece = Sentence | Verbatim | Choice | tuple[Sentence | Verbatim]


def _with(reply: Reply, piece: Piece) -> Reply:
    if isinstance(piece, tuple):
        return replace(reply, footer=(*reply.footer, *piece))
    if isinstance(piece, Choice):
        return replace(reply, choices=(*reply.choices, piece))
    return replace(reply, sentences=(*reply.sentences, piece))
