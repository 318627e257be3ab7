"""Births told on the page by invented people: what they write, and where each journey passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import expect

from bot.answers.result import Language
from tests.support.page import CitizenPage


@dataclass(frozen=True, slots=True)
class Birth:
    """What a father writes. `first` says all it can at once; `told` is how that comes back."""

    first: str
    told: tuple[str, ...]
    capacity: str
    father: str
    mother: str
    cnie: str
    phone: str
    # The other sex and name, for a correction.
    girl: str
    name: str
    # What the question after question would get.
    place: str
    commune: str
    found: str
    sex: str
    child: str
    yes: str


BIRTHS: dict[Language, Birth] = {
    "ar": Birth(
        first="مراتي ولدات البارح فمستشفى السويسي بالرباط، ولد سميتو يحيى",
        told=("الخميس 20 نونبر 2025", "ولد", "يحيى", "مستشفى السويسي", "الرباط"),
        capacity="الأب",
        father="كريم بناني",
        mother="سلمى الإدريسي",
        cnie="AB123456",
        phone="0661123456",
        girl="بنت",
        name="ريان",
        place="مستشفى السويسي بالرباط",
        commune="تمار",
        found="تمارة",
        sex="ولد",
        child="يحيى",
        yes="نعم",
    ),
    "fr": Birth(
        first="ma femme a accouché hier à la maternité Souissi à Rabat, un garçon, "
        "il s'appelle Yahya",
        told=("jeudi 20 novembre 2025", "fils", "Yahya", "maternité Souissi", "Rabat"),
        capacity="le père",
        father="Karim Bennani",
        mother="Salma Idrissi",
        cnie="AB123456",
        phone="0661123456",
        girl="fille",
        name="Rayan",
        place="maternité Souissi à Rabat",
        commune="temar",
        found="Témara",
        sex="garçon",
        child="Yahya",
        yes="oui",
    ),
}


def tell(page: CitizenPage, birth: Birth) -> None:
    """From the first free sentence to the question of the father's name."""
    page.say(birth.first)
    page.tap("do:consent_yes")
    page.hears(*birth.told)
    page.tap(birth.capacity)


def finish_telling(page: CitizenPage, birth: Birth) -> None:
    """From there to the summary."""
    for typed in (birth.father, birth.mother, birth.cnie, birth.phone):
        page.say(typed)
    expect(page.choice("do:submit")).to_be_visible()


def walk(page: CitizenPage, birth: Birth) -> Iterator[str]:
    """The long way, question after question, to the list of papers; stops at each thing to see and
    says its name."""
    yield "welcome"
    page.tap("do:start_declare_birth")
    page.tap("do:consent_yes")
    yield "question"
    page.tap(birth.capacity)
    yield from _answer_core(page, birth)
    yield "summary"
    page.tap("do:submit")
    expect(page.card).to_be_visible()
    yield "card"
    page.page.get_by_text(page.words("web.papers"), exact=True).click()
    expect(page.button("web.papers.attach").first).to_be_visible()
    yield "papers"
    page.button("web.menu").click()
    yield "menu"


def _answer_core(page: CitizenPage, birth: Birth) -> Iterator[str]:
    page.button("web.date.open").click()
    page.page.get_by_label(page.words("web.date.label"), exact=True).fill("2025-11-20")
    yield "date"
    page.say("20/11/2025")
    page.button("web.commune.open").click()
    search_for(page, birth)
    yield "communes"
    page.page.keyboard.press("Escape")
    for typed in (birth.place, birth.sex, birth.child):
        page.say(typed)
    finish_telling(page, birth)


def search_for(page: CitizenPage, birth: Birth) -> None:
    """Type into the search of communes until its list is there."""
    field = page.page.get_by_role("combobox", name=page.words("web.commune.label"))
    field.press_sequentially(birth.commune)
    expect(page.page.get_by_role("option").first).to_contain_text(birth.found)
