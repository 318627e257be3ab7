"""A resume code: eight digits, the last a Damm check digit, never to be taken for a date."""

from __future__ import annotations

from datetime import date

from stdnum import damm

LENGTH = 8
_YEARS = range(1900, 2100)


def is_resume_code(digits: str) -> bool:
    """Whether eight digits can be a resume code of ours."""
    return (
        len(digits) == LENGTH
        and digits.isdecimal()
        and not looks_like_date(digits)
        and bool(damm.is_valid(digits))
    )


def looks_like_date(digits: str) -> bool:
    """Whether eight digits may be meant as a day, written ddmmyyyy or yyyymmdd."""
    day_first = digits[4:], digits[2:4], digits[:2]
    year_first = digits[:4], digits[4:6], digits[6:]
    return _is_day(*day_first) or _is_day(*year_first)


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return date(int(year), int(month), int(day)).year in _YEARS
    except ValueError:
        return False
