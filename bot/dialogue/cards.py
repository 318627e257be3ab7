"""Masks bank card numbers before a message is stored: we never take a payment in a conversation."""

from __future__ import annotations

import re

from stdnum import luhn

CANDIDATE = re.compile(r"(?<!\d)\d(?:[ \-.]?\d){12,18}(?!\d)")
MASK = "****"


def mask_cards(text: str) -> tuple[str, bool]:
    """The text with every Luhn-valid run of 13 to 19 digits masked, and whether there was one.

    Our own references have 12 digits and are never touched.
    """
    found = False

    def mask(match: re.Match[str]) -> str:
        nonlocal found
        digits = re.sub(r"\D", "", match.group())
        if not luhn.is_valid(digits):
            return match.group()
        found = True
        return MASK

    return CANDIDATE.sub(mask, text), found
