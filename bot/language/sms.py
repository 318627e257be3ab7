"""What a text costs by SMS, and how a French text stays in the cheap alphabet.

GSM-7 (3GPP TS 23.038) carries 160 septets, 153 in each part of a longer message; one character
outside it turns the whole message to UCS-2 with 70 and 67 units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# The default alphabet in code order (0x1B, the escape, left out), then the extension table, whose
# characters cost two septets.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
_SEPTETS = {**dict.fromkeys(BASIC, 1), **dict.fromkeys(EXTENSION, 2)}

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u202f\u2007\u2009\u2002\u2003\u200a", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad", None),
        "œ": "oe",
        "Œ": "OE",
        "…": "...",
        "•": "-",
        "·": "-",
        "×": "x",
        "°": "o",
        "‹": "'",
        "›": "'",
        "ç": "c",
    }
)
_QUOTED = re.compile("«[ \u00a0\u202f]*|[ \u00a0\u202f]*»")


@dataclass(frozen=True)
class Segments:
    """`units` are septets for GSM-7 and UTF-16 code units for UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int


def is_gsm7(text: str) -> bool:
    """True when every character is in the GSM-7 alphabet or its extension."""
    return all(char in _SEPTETS for char in text)


def segments(text: str) -> Segments:
    """How the text would be sent: an empty text is no message, so it has no segment."""
    if is_gsm7(text):
        costs = [_SEPTETS[char] for char in text]
        return Segments("GSM-7", _parts(costs, 160, 153), sum(costs))
    costs = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return Segments("UCS-2", _parts(costs, 70, 67), sum(costs))


def _parts(costs: Iterable[int], alone: int, each: int) -> int:
    """Parts needed when a two-unit character (escape pair, surrogate pair) may not be split."""
    total = part = 0
    parts = 1
    for cost in costs:
        total += cost
        if part + cost > each:
            parts, part = parts + 1, 0
        part += cost
    return min(total, 1) if total <= alone else parts


def to_gsm7_french(text: str) -> str:
    """French in GSM-7 letters: é è à ù stay, ç ê œ « » and typographic signs become plain ones.

    What has no plain form (Arabic, emoji) is left as it is: letters are never lost. Not for names.
    """
    if is_gsm7(text):
        return text
    plain = _QUOTED.sub('"', unicodedata.normalize("NFC", text)).translate(_PLAIN)
    return "".join(char if char in _SEPTETS else _bare(char) for char in plain)


def _bare(char: str) -> str:
    bare = unicodedata.normalize("NFKD", char)
    letters = "".join(part for part in bare if not unicodedata.combining(part))
    return letters if letters and is_gsm7(letters) else char
