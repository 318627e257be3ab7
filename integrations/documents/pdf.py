"""Rewrites a PDF without what it remembers, and refuses one that does more than show pages."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pikepdf

from integrations.documents.jpeg import without_metadata
from integrations.documents.refusal import RefusedDocumentError

MOST_PAGES = 20
MOST_UNPACKED = 256 * 1024 * 1024  # ten A4 pages in colour at 300 points an inch
PIECE = 1024 * 1024
DEEPEST = 60  # direct objects within one another; a page needs five

# What runs, sends, fetches or hides something, wherever it stands.
ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"}
)
ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition"}
    | {"/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/ResetForm", "/SetOCGState"}
)
ACTIVE_ANNOTATIONS = frozenset(
    {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
)
MEMORIES = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")
OF_THE_ROOT = ("/OpenAction", "/Outlines", "/Names", "/Dests", "/URI", "/SpiderInfo", "/Collection")
LEADING = ("/A", "/PA", "/Dest")
OF_THE_TRAILER = ("/Info", "/ID")


def rewritten_pdf(content: bytes) -> bytes:
    """The pages in a new file. Raises RefusedDocumentError."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _refuse(pdf)
            _forget(pdf)
            written = io.BytesIO()
            pdf.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate)
            return written.getvalue()
    except RefusedDocumentError:
        raise
    except pikepdf.PasswordError:
        raise RefusedDocumentError("encrypted") from None
    except (
        pikepdf.PdfError,
        zlib.error,
        pikepdf.ForeignObjectError,
        ValueError,
        TypeError,
        RuntimeError,
    ):
        raise RefusedDocumentError("damaged") from None


def _refuse(pdf: pikepdf.Pdf) -> None:
    if pdf.is_encrypted:
        raise RefusedDocumentError("encrypted")
    if not len(pdf.pages):
        raise RefusedDocumentError("damaged")
    if len(pdf.pages) > MOST_PAGES:
        raise RefusedDocumentError("too_many_pages")
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        raise RefusedDocumentError("active_content")
    if any(_is_active(each) for each in _dictionaries(pdf)):
        raise RefusedDocumentError("active_content")
    _refuse_thick(pdf)


def _refuse_thick(pdf: pikepdf.Pdf) -> None:
    """What unpacks to more than pages need would cost the computer it is looked at on."""
    left = MOST_UNPACKED
    for each in pdf.objects:
        packed = _filters(each).count("/FlateDecode")
        if packed > 1:
            raise RefusedDocumentError("damaged")
        if packed:
            left -= _unpacked(each.read_raw_bytes(), left)
        if left < 0:
            raise RefusedDocumentError("too_many_pixels")


def _unpacked(packed: bytes, most: int) -> int:
    """Its size; no more than a little above `most` is ever counted."""
    machine, size = zlib.decompressobj(), 0
    with suppress(zlib.error):  # readers forgive a stream that breaks off
        while packed and size <= most:
            size += len(machine.decompress(packed, PIECE))
            packed = machine.unconsumed_tail
    return size


def _forget(pdf: pikepdf.Pdf) -> None:
    for each in list(_dictionaries(pdf)):
        _drop(each, MEMORIES)
        jpeg = _jpeg_of(each)
        if jpeg is not None:
            each.write(without_metadata(jpeg), filter=pikepdf.Name.DCTDecode)
    _drop(pdf.Root, OF_THE_ROOT)
    _drop(pdf.trailer, OF_THE_TRAILER)
    for page in pdf.pages:
        _drop_links(page)


def _drop(each: pikepdf.Object, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in each:
            del each[key]


def _jpeg_of(each: pikepdf.Object) -> bytes | None:
    """The photo a stream holds, as scanners and office programmes put it in."""
    filters = _filters(each)
    if filters == ["/DCTDecode"]:
        return each.read_raw_bytes()
    if filters == ["/FlateDecode", "/DCTDecode"]:
        return zlib.decompress(each.read_raw_bytes())
    return None


def _filters(each: pikepdf.Object) -> list[str]:
    """How a stream is packed, the outermost first; nothing for what is none."""
    if not isinstance(each, pikepdf.Stream):
        return []
    named = each.get("/Filter")
    return [str(one) for one in named] if isinstance(named, pikepdf.Array) else [str(named)]


def _drop_links(page: pikepdf.Page) -> None:
    """Links lead somewhere else, and so may any other note; a paper is looked at."""
    notes = page.obj.get("/Annots")
    if isinstance(notes, pikepdf.Array):
        kept = [note for note in notes if note.get("/Subtype") != "/Link"]
        for note in kept:
            _drop(note, LEADING)
        page.obj.Annots = pikepdf.Array(kept)


def _is_active(each: pikepdf.Object) -> bool:
    if any(key in each for key in ACTIVE_KEYS):
        return True
    return each.get("/S") in ACTIVE_ACTIONS or each.get("/Subtype") in ACTIVE_ANNOTATIONS


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those of streams too, used or not."""
    for each in [*pdf.objects, pdf.trailer]:
        yield from _within(each, DEEPEST)


def _within(each: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        raise RefusedDocumentError("damaged")
    if isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
        yield each
        children = [value for _, value in each.items()]
    elif isinstance(each, pikepdf.Array):
        children = list(each)
    else:
        return
    for child in children:
        # An indirect object comes by itself.
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _within(child, depth - 1)
