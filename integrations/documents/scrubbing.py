"""Makes of a citizen's file a picture or a PDF that holds nothing but what is to be seen.

Its type is told by its content alone: the first bytes choose the reader, and the reader must be
able to read it whole. What comes out was written anew by us, so that nothing appended, hidden or
remembered in the file (where a photo was taken, by whom a PDF was made) is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from integrations.documents.images import rewritten_image
from integrations.documents.pdf import rewritten_pdf
from integrations.documents.refusal import RefusedDocumentError

LARGEST_FILE = 5 * 1024 * 1024
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A file that may be kept. Never log `content`."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a file that begins so is rewritten."""

    media_type: str
    rewrite: Callable[[bytes], bytes]


_IMAGE = _Reader("image/jpeg", rewritten_image)
_PDF = _Reader("application/pdf", rewritten_pdf)


def scrub(content: bytes) -> Scrubbed:
    """The cleaned file. Raises RefusedDocumentError.

    Costs up to seconds of work and hundreds of megabytes: see `scrub_apart`.
    """
    if not content:
        raise RefusedDocumentError("empty")
    if len(content) > LARGEST_FILE:
        raise RefusedDocumentError("too_large")
    reader = _reader_of(content)
    cleaned = reader.rewrite(content)
    if len(cleaned) > LARGEST_FILE:
        raise RefusedDocumentError("too_large")
    return Scrubbed(cleaned, reader.media_type)


def _reader_of(content: bytes) -> _Reader:
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _IMAGE
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _IMAGE
    if content.startswith(b"%PDF-"):
        return _PDF
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        raise RefusedDocumentError("unsupported_heic")
    raise RefusedDocumentError("not_a_document")
