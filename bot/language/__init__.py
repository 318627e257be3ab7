"""Moroccan text: cleaning, comparing, telling languages apart, SMS segments, names in two scripts.

Standard library only, and Python 3.10 syntax: the understanding environment imports it too.
"""

from __future__ import annotations

from bot.language.detection import Detected, detect
from bot.language.sms import Segments, is_gsm7, segments, to_gsm7_french
from bot.language.text import digits, fold, normalise, without_invisible
from bot.language.transliteration import transliterate

__all__ = [
    "Detected",
    "Segments",
    "detect",
    "digits",
    "fold",
    "is_gsm7",
    "normalise",
    "segments",
    "to_gsm7_french",
    "transliterate",
    "without_invisible",
]
