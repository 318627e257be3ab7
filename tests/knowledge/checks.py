"""What is checked of an answer, each check a function that names its faults: the tests run them on
the real answers and on sentences made to fail."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from bot.language import fold, segments, to_gsm7_french

FORBIDDEN: dict[str, Any] = tomllib.loads((Path(__file__).parent / "forbidden.toml").read_text())
# Two parts leave the third one to the choices that follow the answer.
MAX_SEGMENTS = 2

_DOMAIN = re.compile(r"\b[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d(?:[ .-]?\d){6,}")
_SHORT_PHONE = re.compile(r"(?:appel\w*|tél\w*|اتصل\w*|هاتف\w*)\D{0,12}(\d[\d ]*\d|\d)")
_FRENCH_SPAN = re.compile(r"\b(un|\d+) (jour|an|mois)s?\b")
_ARABIC_SPAN = re.compile(r"(?:(\d+) )?\bو?(يوما|أيام|سنة|سنوات|أشهر|شهرا)(?!\w)")
_UNITS = {
    "jour": "day", "يوما": "day", "أيام": "day",
    "mois": "month", "أشهر": "month", "شهرا": "month",
    "an": "year", "سنة": "year", "سنوات": "year",
}  # fmt: skip
# In a right-to-left line, digits joined like this are shown in the wrong order.
_TURNED_ROUND = re.compile(r"\d[-/ ]\d")


def forbidden_words(text: str) -> list[str]:
    """The forbidden words and expressions a text holds."""
    folded = fold(text)
    return [w for group in FORBIDDEN["words"].values() for w in group if fold(w) in folded]


def forbidden_statements(text: str) -> list[str]:
    """The ids of what a text says and may not."""
    return [
        entry["id"]
        for entry in FORBIDDEN["said"]
        if re.search(entry["pattern"], text, re.IGNORECASE)
    ]


def unknown_contacts(text: str) -> list[str]:
    """The sites and phone numbers of a text that nobody vouched for."""
    allowed = FORBIDDEN["allowed"]
    sites = [s for s in _DOMAIN.findall(text) if s.lower() not in allowed["domains"]]
    found = _PHONE.findall(text) + _SHORT_PHONE.findall(text.lower())
    numbers = [re.sub(r"[ .-]", "", number) for number in found]
    return sites + [n for n in numbers if n not in allowed["phones"]]


def too_long(text: str, language: str) -> list[str]:
    """How a text misses the SMS limit, or the cheap alphabet in French."""
    size = segments(to_gsm7_french(text) if language == "fr" else text)
    faults = [f"{size.segments} segments"] if size.segments > MAX_SEGMENTS else []
    if language == "fr" and size.encoding != "GSM-7":
        faults.append("not GSM-7")
    return faults


def different_numbers(ar: str, fr: str) -> list[str]:
    """The numbers one language has and the other has not."""
    return _difference(re.findall(r"\d+", ar), re.findall(r"\d+", fr))


def different_spans(ar: str, fr: str) -> list[str]:
    """The delays one language tells and the other does not, a year written in words included."""
    arabic = [f"{n or 1} {_UNITS[unit]}" for n, unit in _ARABIC_SPAN.findall(ar)]
    spans = _FRENCH_SPAN.findall(fr.lower())
    french = [f"{1 if n == 'un' else n} {_UNITS[unit]}" for n, unit in spans]
    return _difference(arabic, french)


def turned_round(ar: str) -> list[str]:
    """Digits of an Arabic text that a right-to-left line would show in another order."""
    return _TURNED_ROUND.findall(ar)


def _difference(left: list[str], right: list[str]) -> list[str]:
    one, other = Counter(left), Counter(right)
    return sorted(((one - other) + (other - one)).elements())
