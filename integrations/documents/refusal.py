"""Why a file is not taken, as a code; the citizen's sentence is the catalogue's."""

from __future__ import annotations

CODES = frozenset(
    {
        "empty",
        "too_large",
        "not_a_document",
        "unsupported_heic",
        "encrypted",
        "active_content",
        "too_many_pixels",
        "too_many_pages",
        "damaged",
    }
)


class RefusedDocumentError(Exception):
    """A file that is not taken; `code` is one of CODES. Nothing of the file is in the text."""

    def __init__(self, code: str) -> None:
        if code not in CODES:
            raise ValueError(f"unknown refusal {code!r}")
        super().__init__(code)
        self.code = code
