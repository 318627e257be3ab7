"""What a declaration or an order must mean, beyond its form. Each fault names its field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date

from stdnum import damm

from integrations.register.sandbox.models import (
    CopyOrderValues,
    Identity,
    PreDeclarationBody,
    Value,
)
from integrations.register.sandbox.problems import Field, not_valid

KIND_DIGITS = {
    "declare_birth": "1",
    "declare_death": "2",
    "declare_marriage": "3",
    "declare_divorce": "4",
    "order_copies": "5",
}
EVENT_DATES = {
    "declare_birth": "birth_date",
    "declare_death": "death_date",
    "declare_marriage": "marriage_date",
    "declare_divorce": "divorce_date",
}
PLACES = {
    "declare_birth": "birth_commune",
    "declare_death": "death_commune",
    "declare_marriage": "husband_birth_commune",
    "declare_divorce": "husband_birth_commune",
}
ADULT_YEARS = 18


def check_pre_declaration(body: PreDeclarationBody, today: date) -> None:
    """ProblemError 422 with every fault found."""
    faults = [
        *_reference_faults(body.reference, body.kind),
        *_step_faults(body),
        *_event_faults(body, today),
    ]
    if faults:
        raise not_valid(*faults)


def check_order(reference: str, values: CopyOrderValues, today: date) -> None:
    """ProblemError 422 with every fault found."""
    faults = [*_reference_faults(reference, "order_copies"), *_order_faults(values, today)]
    if faults:
        raise not_valid(*faults)


def day_of(value: Value | None) -> date | None:
    """A whole date; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value) if len(value) == len("2026-01-31") else None
    except ValueError:
        return None


def folded(name: str) -> str:
    """A name for comparing: without case, accents, vowel signs, spaces and spelling variants."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if c.isalnum())
    return bare.casefold().replace("ى", "ي").replace("ة", "ه")


def _reference_faults(reference: str, kind: str) -> Iterator[Field]:
    if reference[0] != KIND_DIGITS[kind]:
        yield "reference", "other_kind"
    if not damm.is_valid(reference):
        yield "reference", "check_digit"


def _step_faults(body: PreDeclarationBody) -> Iterator[Field]:
    for step, value in body.values.items():
        if step.endswith("_cnie"):
            if not isinstance(value, Identity) or (value.kind != "none" and not value.number):
                yield f"values.{step}", "not_an_identity"
        elif step.endswith("_date") and not _is_date(value):
            yield f"values.{step}", "not_a_date"


def _event_faults(body: PreDeclarationBody, today: date) -> Iterator[Field]:
    step = EVENT_DATES[body.kind]
    given = body.values.get(step)
    if given is None:
        if step not in body.missing:
            yield f"values.{step}", "required"
        return
    day = day_of(given)
    if day is None:
        yield f"values.{step}", "not_a_date"
        return
    if day > today:
        yield f"values.{step}", "in_the_future"
    married = day_of(body.values.get("marriage_date"))
    if body.kind == "declare_divorce" and married is not None and day < married:
        yield f"values.{step}", "before_marriage"


def _is_date(value: Value) -> bool:
    """A date, or as much of one as is known."""
    if not isinstance(value, str):
        return False
    try:
        date.fromisoformat((value + "-01-01")[:10] if len(value) in (4, 7) else value)
    except ValueError:
        return False
    return len(value) in (4, 7, 10)


def _order_faults(values: CopyOrderValues, today: date) -> Iterator[Field]:
    if values.act_year > today.year:
        yield "values.act_year", "in_the_future"
    if not values.extract_count + values.full_copy_count:
        yield "values.extract_count", "none_ordered"
    if values.requester_cnie.kind == "none" or not values.requester_cnie.number:
        yield "values.requester_cnie", "not_an_identity"
    if values.delivery_country == "MA" and not _is_postal_code(values.postal_code):
        yield "values.postal_code", "five_digits"
    yield from _holder_faults(values, today)


def _holder_faults(values: CopyOrderValues, today: date) -> Iterator[Field]:
    field = "values.holder_birth_date"
    born = values.holder_birth_date
    if not _is_date(born):
        yield field, "not_a_date"
    elif born > today.isoformat()[: len(born)]:
        yield field, "in_the_future"
    elif int(born[:4]) > values.act_year:
        yield "values.act_year", "before_birth"
    elif values.holder == "child" and not _may_be_minor(born, today):
        yield field, "not_minor"
    elif values.holder == "self" and _must_be_minor(born, today):
        yield field, "not_adult"


def _years_ago(today: date) -> str:
    return f"{today.year - ADULT_YEARS:04}-{today.month:02}-{today.day:02}"


def _may_be_minor(born: str, today: date) -> bool:
    """Younger than 18 on this day, or possibly so where only a part of the date is known."""
    return born >= _years_ago(today)[: len(born)] and born != _years_ago(today)


def _must_be_minor(born: str, today: date) -> bool:
    return born > _years_ago(today)[: len(born)]


def _is_postal_code(code: str | None) -> bool:
    return code is None or (len(code) == len("20000") and code.isascii() and code.isdigit())
