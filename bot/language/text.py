"""The clean form of a citizen's text, and the key by which two spellings are compared.

Telephones paste bidi marks, no-break spaces and Arabic-Indic digits; people leave out accents,
hamzas and vowel signs. Everything that reads text starts from these functions.
"""

from __future__ import annotations

import re
import unicodedata

# Code points that draw nothing yet count as letters or marks for Python: joiners, fillers,
# variation selectors, the braille blank.
_UNDRAWN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
# Accents, harakat and the marks of the Koran; other scripts keep theirs.
_MARKS = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]+"
)
_GONE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９", "0123456789" * 3)
_FOLDED = str.maketrans(
    {
        "ء": "",
        "ـ": "",
        "ٱ": "ا",
        "ة": "ه",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "گ": "ك",
        "ڭ": "ك",
        "ݣ": "ك",
        "پ": "ب",
        "ڤ": "ف",
        "ڥ": "ف",
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "ø": "o",
        "Ø": "o",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "ʾ": "'",
        "ʿ": "'",
        "`": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
    }
)


def digits(text: str) -> str:
    """Arabic-Indic, Persian and full-width digits become 0-9; all else stays."""
    return text.translate(_DIGITS)


def without_invisible(text: str) -> str:
    """Drop what draws nothing: controls, bidi marks, zero-width signs, lone surrogates, private and
    unassigned code points. Line ends and tabs become a space, so that words are not glued."""
    if not text.isprintable():
        text = "".join(_visible(char) for char in text)
    return text if text.isascii() else _UNDRAWN.sub("", text)


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    if unicodedata.category(char) in _GONE:
        return " " if char.isspace() else ""
    return char if unicodedata.category(char) == "Zs" else " "


def normalise(text: str) -> str:
    """The form every reader works on: visible characters only, NFC, digits 0-9, single spaces."""
    text = without_invisible(text)
    if not text.isascii():
        text = digits(unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def fold(text: str) -> str:
    """A key for comparing, never for showing: no case, accent, vowel sign or tatweel, one form
    for each of alef, hamza, ta marbuta, alef maqsura, gaf, apostrophe and dash."""
    text = normalise(text)
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFKD", text).casefold()
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_FOLDED)
    return " ".join(text.split())
