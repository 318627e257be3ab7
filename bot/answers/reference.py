"""A reference of ours: twelve digits, first the kind of request, last a Damm check digit."""

from __future__ import annotations

import re

from stdnum import damm

from bot.answers.leads import other_words
from bot.answers.result import Accepted, AnswerContext, NotAnAnswer, Parsed, Refused

LENGTH = 12
POSTAL_ORDER_LENGTH = 9  # an order of copies by post, on the national ordering site
_OTHER_REGISTER = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{6}")  # a tracking number of OpenCRVS
_KINDS = "123456"
_NEVER = "212"  # the country code: a telephone number typed by mistake


def parse(text: str, context: AnswerContext) -> Parsed:
    """The twelve digits; other numbers are recognised so that the citizen hears whose they are."""
    compact = re.sub(r"[\W_]", "", text).upper()
    if _OTHER_REGISTER.fullmatch(compact):
        return Refused("problem.reference_other_register")
    digits = re.sub(r"\D", "", text)
    if not digits or other_words(text, "reference"):
        return NotAnAnswer()
    if len(digits) == POSTAL_ORDER_LENGTH:
        return Refused("problem.reference_postal_order")
    if len(digits) != LENGTH:
        return Refused("problem.reference_length", {"digits": str(len(digits))})
    return Accepted(digits) if is_reference(digits) else Refused("problem.reference_check")


def is_reference(digits: str) -> bool:
    """Whether twelve digits can be a reference of ours."""
    ours = digits[0] in _KINDS and not digits.startswith(_NEVER)
    return ours and bool(damm.is_valid(digits))
