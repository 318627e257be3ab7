"""What proves who declared: one's own document, never that of another person of the record."""

from __future__ import annotations

import pytest

from bot.answers.result import Value
from bot.dialogue.events import date_given, identity_given, is_abroad, is_sensitive
from bot.dialogue.state import Draft, Frame
from bot.flows import flow_named

HIS: Value = {"kind": "cnie", "number": "AD112233", "country": "MA"}
HERS: Value = {"kind": "cnie", "number": "AD445566", "country": "MA"}
NONE: Value = {"kind": "none", "number": None, "country": None}


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"declarant_cnie": HIS, "deceased_cnie": HERS}, "AD112233"),
        ({"declarant_cnie": NONE, "deceased_cnie": HERS}, None),
        ({"declarant_spouse": "husband", "husband_cnie": HIS, "wife_cnie": HERS}, "AD112233"),
        ({"declarant_spouse": "wife", "husband_cnie": HIS, "wife_cnie": HERS}, "AD445566"),
        ({"declarant_spouse": "wife", "husband_cnie": HIS, "wife_cnie": NONE}, None),
        ({"declarant_capacity": "father", "wife_cnie": HERS}, "AD445566"),
        ({}, None),
    ],
)
def test_whose_document_counts(values: dict[str, Value], number: str | None) -> None:
    assert identity_given(values) == number


def test_a_day_that_was_given_is_that_of_the_event_first() -> None:
    def draft(**values: Value) -> Draft:
        return Draft("d", "declare_divorce", Frame("declare_divorce", values=dict(values)))

    assert date_given(draft(marriage_date="2015-01-02")) == "2015-01-02"
    assert date_given(draft(marriage_date="2015-01-02", divorce_date="2020-03-04")) == "2020-03-04"
    assert date_given(draft()) is None


@pytest.mark.parametrize(
    ("flow", "values", "sensitive"),
    [
        ("declare_divorce", {}, True),
        ("declare_birth", {"father_known": False}, True),
        ("declare_birth", {"father_known": True}, False),
        ("declare_marriage", {}, False),
        ("declare_death", {}, False),
    ],
)
def test_what_is_sensitive(flow: str, values: dict[str, Value], sensitive: bool) -> None:
    assert is_sensitive(Draft("d", flow, Frame(flow, values=dict(values)))) is sensitive


@pytest.mark.parametrize(
    ("flow", "values", "abroad"),
    [
        ("declare_death", {"death_place_kind": "abroad"}, True),
        ("declare_death", {"death_place_kind": "home"}, False),
        ("declare_death", {}, False),
        ("declare_marriage", {"marriage_country": "FR"}, True),
        ("declare_marriage", {"marriage_country": "MA"}, False),
        ("declare_divorce", {"marriage_country": "FR"}, False),
        ("declare_divorce", {"divorce_country": "FR"}, True),
        ("check_status", {}, False),
    ],
)
def test_where_it_was(flow: str, values: dict[str, Value], abroad: bool) -> None:
    assert is_abroad(flow_named(flow), values) is abroad
