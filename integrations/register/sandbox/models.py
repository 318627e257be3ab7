"""What requests carry, by form: `openapi.yaml` in Python. What they mean is checked elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
STEP = r"^[a-z][a-z0-9_]{1,47}$"
OFFICE = r"^[0-9]{2}\.[0-9]{3}\.[0-9]{2}\.[0-9]{1,2}-[0-9]{1,2}$"
LARGEST = 9_007_199_254_740_991  # every JSON reader holds integers exactly up to here


def _is_day(text: str) -> str:
    date.fromisoformat(text)
    return text


Id = Annotated[str, StringConstraints(pattern=ID)]
PathId = Annotated[str, Path(pattern=ID)]
Step = Annotated[str, StringConstraints(pattern=STEP)]
Reference = Annotated[str, StringConstraints(pattern=r"^[1-5][0-9]{11}$")]
Commune = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\.[0-9]{3}\.[0-9]{2}\.[0-9]{1,2}$")]
OfficeId = Annotated[str, StringConstraints(pattern=OFFICE)]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Day = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_is_day)
]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Count = Annotated[int, Field(ge=0, le=20)]
Whole = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
Kind = Literal["declare_birth", "declare_death", "declare_marriage", "declare_divorce"]
Language = Literal["ar", "fr"]


class Body(BaseModel):
    """Nothing else is taken, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Identity(Body):
    """A document of identity; `none` has no number."""

    kind: Literal["cnie", "passport", "residence_card", "none"]
    number: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{3,20}$")] | None = None
    country: Country | None = None


Value = Line | bool | Whole | Identity


class Paper(Body):
    """A paper of the list, and whether the citizen says that they have it."""

    kind: Step
    brought: bool


class PreDeclarationBody(Body):
    """What a client declares for a citizen. Never logged."""

    reference: Reference
    kind: Kind
    values: Annotated[dict[Step, Value], Field(max_length=120)]
    missing: Annotated[list[Step], Field(max_length=120)] = []
    last_day: Day | None = None
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    language: Language
    papers: Annotated[list[Paper], Field(max_length=60)] = []


class ExistsBody(Body):
    """What tells an event from others."""

    kind: Kind
    date: Day
    mother_identity: Identity | None = None
    names: Annotated[list[Line], Field(max_length=4)] | None = None


class QuoteBody(Body):
    """Which copies, and where to."""

    office: OfficeId
    extract_count: Count
    full_copy_count: Count
    delivery_country: Country


class CopyOrderValues(Body):
    """The steps of `order_copies`."""

    holder: Literal["self", "child"]
    requester_name: Line
    requester_cnie: Identity
    birth_country: Country | None = None
    birth_commune: Commune | None = None
    registry_office: OfficeId
    act_number: Annotated[int, Field(ge=1, le=99_999)]
    act_year: Annotated[int, Field(ge=1915, le=2100)]
    holder_given_name: Line
    holder_family_name: Line
    holder_father_name: Line | None = None
    holder_birth_date: Annotated[
        str, StringConstraints(pattern=r"^[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?$")
    ]
    extract_count: Count
    full_copy_count: Count
    for_marriage: bool | None = None
    recipient_name: Line
    delivery_country: Country
    delivery_address: Line
    postal_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 -]{3,10}$")] | None = None
    delivery_city: Line
    contact_phone: Annotated[str, StringConstraints(pattern=r"^\+[0-9]{8,15}$")]
    contact_email: (
        Annotated[str, StringConstraints(max_length=200, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")]
        | None
    ) = None


class CopyOrderBody(Body):
    """An order under a quote."""

    reference: Reference
    language: Language
    quote: Id
    terms_accepted: Literal[True]
    values: CopyOrderValues
