"""A text as a telephone without shaping needs it: presentation forms, visual order.

Some old handsets and gateways draw one glyph per code point from left to right. What they need is
the text already shaped, cut into lines and turned round line by line.
"""

from __future__ import annotations

import textwrap
import unicodedata
from functools import cache
from typing import Any

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

# What such a handset has no glyph for. python-bidi's engine that mirrors brackets also refuses
# isolates and code points without a direction.
_BOX = "□"
_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
_ARABIC = (
    range(0x0600, 0x0700),
    range(0x0750, 0x0780),
    range(0xFB50, 0xFE00),
    range(0xFE70, 0xFF00),
)


@cache
def _reshaper() -> Any:
    return ArabicReshaper({"delete_harakat": False})


def is_arabic(text: str) -> bool:
    """Whether the text holds an Arabic letter, so that its lines run from the right."""
    return any(ord(letter) in block for letter in text for block in _ARABIC)


def visual_lines(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns` glyphs, each in the order it is drawn from the left.

    Cut before turning: a line break belongs to the reading order. Shaped before cutting, because a
    ligature takes one place.
    """
    base = "R" if is_arabic(text) else "L"
    drawn = "".join(_drawable(letter) for letter in text.translate(_ISOLATES))
    shaped = str(_reshaper().reshape(drawn))
    lines = [
        line
        for paragraph in shaped.split("\n")
        for line in textwrap.wrap(paragraph, columns, break_on_hyphens=False) or [""]
    ]
    return [str(get_display(line, base_dir=base)) for line in lines]


def _drawable(letter: str) -> str:
    if letter == "\n" or unicodedata.bidirectional(letter) not in ("", "B"):
        return letter
    return _BOX
