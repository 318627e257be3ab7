"""A telephone number as people write it, Moroccan or foreign; value E.164."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

from bot.answers.leads import other_words
from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed, Refused

EXAMPLE = "0612345678"
# A trunk zero kept behind the country code (+2120661...): written often, dialled by nobody.
_TRUNK_ZERO = re.compile(r"^(?:\+|00)?212[\s.()-]*0(?=[\s.-]*[5-8])")
_SIGNS = re.compile(r"[^\d+]")
MIN_DIGITS, MAX_DIGITS = 6, 18


def parse(text: str, context: AnswerContext) -> Parsed:
    """The number if it can exist; national forms are read in the context's country."""
    if other_words(text, "phone"):
        return NotAnAnswer()
    typed = _SIGNS.sub("", _from_first_digit(text))
    if not any(c.isdigit() for c in typed):
        return NotAnAnswer()
    if not MIN_DIGITS <= len(typed) <= MAX_DIGITS:
        return Refused("problem.phone_invalid", {"example": EXAMPLE})
    for candidate in _readings(typed):
        number = _valid(candidate, context.country)
        if number:
            return Accepted(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return Refused("problem.phone_invalid", {"example": EXAMPLE})


def _from_first_digit(text: str) -> str:
    found = re.search(r"\+?\s*\d.*", text)
    return found[0] if found else ""


def _readings(typed: str) -> list[str]:
    """As typed, then as an international number whose plus or 00 was left out."""
    mended = _TRUNK_ZERO.sub("+212", typed)
    plus = "+" + mended.removeprefix("00") if not mended.startswith("+") else mended
    return [mended, plus] if len(mended) >= 10 else [mended]


def _valid(typed: str, country: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(typed, country)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
