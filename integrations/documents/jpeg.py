"""Drops from a JPEG inside a PDF what its camera wrote, without touching its pixels."""

from __future__ import annotations

from integrations.documents.refusal import RefusedDocumentError

MARKER = 0xFF
START_OF_SCAN = 0xDA
# Exif and XMP, Photoshop's (IPTC), a comment. Kept: JFIF, the colour profile, Adobe's colour kind.
TELLING = frozenset({0xE1, 0xED, 0xFE})


def without_metadata(jpeg: bytes) -> bytes:
    """The same picture; RefusedDocumentError when it is not built as a JPEG is."""
    if jpeg[:2] != b"\xff\xd8":
        raise RefusedDocumentError("damaged")
    kept, at = [jpeg[:2]], 2
    while jpeg[at + 1 : at + 2] != bytes((START_OF_SCAN,)):
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at : at + 1] != bytes((MARKER,)) or length < 2 or at + 2 + length > len(jpeg):
            raise RefusedDocumentError("damaged")
        if jpeg[at + 1] not in TELLING:
            kept.append(jpeg[at : at + 2 + length])
        at += 2 + length
    return b"".join((*kept, jpeg[at:]))
