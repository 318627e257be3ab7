"""The consonants of a word, the same in both scripts: "ولدات" and "weldat" are both "ldt".

Darija has no spelling: vowels come and go, letters double, and half of its writers use Latin
letters and digits. What is left when that is taken away is what the spellings share.
"""

from __future__ import annotations

import re

_FROM_ARABIC = str.maketrans("بتثجحخدذرزسشصضطظعغفقكلمنه", "bttjhxddrzscsdtd'gfkklmnh")
_FROM_LATIN = (
    *(("kh", "x"), ("gh", "g"), ("ch", "c"), ("sh", "c"), ("ph", "f")),
    *(("5", "x"), ("7", "h"), ("9", "k"), ("q", "k")),
)
_NOT_HEARD = re.compile("[^bcdfghjklmnprstvxz0-9]|[23]")
_DOUBLE = re.compile(r"(.)\1+")


def consonants(key: str) -> str:
    """The skeleton of a folded word; numbers stay, a word without consonants is "_"."""
    if key.isdigit():
        return key
    for written, heard in _FROM_LATIN:
        key = key.replace(written, heard)
    return _DOUBLE.sub(r"\1", _NOT_HEARD.sub("", key.translate(_FROM_ARABIC))) or "_"
