"""Words replies for a channel, and cuts one that is too long for it into several.

A reply is cut at the borders of sentences and choices, and the numbers of its choices go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.answers.result import Language
from bot.dialogue.messages import Channel, Choice, Reply, Sentence, Verbatim
from bot.language import segments
from bot.wording.rendering import Rendered, render

MAX_SEGMENTS = 3  # of one SMS: longer ones arrive in disorder on old routes and cost more
Piece = Sentence | Verbatim | Choice | tuple[Sentence | Verbatim]


def fit(
    replies: Iterable[Reply], language: Language, channel: Channel
) -> Iterator[tuple[Reply, Rendered]]:
    """Every message to send, in order, with its words. Raises MissingWordingError."""
    for reply in replies:
        rendered = render(reply, language, channel)
        if channel != "sms" or segments(rendered.text).segments <= MAX_SEGMENTS:
            yield reply, rendered
        else:
            for part in _cut(reply, language):
                yield part, render(part, language, channel)


def _fits(reply: Reply, language: Language) -> bool:
    return segments(render(reply, language, "sms").text).segments <= MAX_SEGMENTS


def _cut(reply: Reply, language: Language) -> list[Reply]:
    parts = [replace(reply, sentences=(), choices=(), footer=())]
    pieces: list[Piece] = [*reply.sentences, *reply.choices, *((f,) for f in reply.footer)]
    for piece in pieces:
        longer = _with(parts[-1], piece)
        if _fits(longer, language) or not _has_words(parts[-1]):
            parts[-1] = longer
        else:
            first = parts[-1].first_number + len(parts[-1].choices)
            parts.append(_with(Reply((), kind=reply.kind, first_number=first), piece))
    return parts


def _has_words(reply: Reply) -> bool:
    return bool(reply.sentences or reply.choices or reply.footer)


def _with(reply: Reply, piece: Piece) -> Reply:
    if isinstance(piece, tuple):
        return replace(reply, footer=(*reply.footer, *piece))
    if isinstance(piece, Choice):
        return replace(reply, choices=(*reply.choices, piece))
    return replace(reply, sentences=(*reply.sentences, piece))
