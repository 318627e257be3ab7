"""Births on the page, from the first sentence to the reference: as citizens tell them, with what
happens on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, expect

from bot.answers.result import Language
from tests.support.journeys import BIRTHS, finish_telling, tell
from tests.support.page import CitizenPage, citizen
from tests.support.papers import EXE, photo_with_place
from tests.support.stack import Service

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.database]
LANGUAGES: tuple[Language, ...] = ("ar", "fr")
both = pytest.mark.parametrize("lang", LANGUAGES)
HELD = """
select (select count(*) from inbox where conversation_id = c.id and body_enc is not null),
    (select count(*) from outbox where conversation_id = c.id and body_enc is not null),
    (c.state_enc is not null)::int, (c.draft_id is not null)::int
from conversation c order by id desc limit 1
"""
OTHER: dict[Language, Language] = {"ar": "fr", "fr": "ar"}


@pytest.fixture
def page(chromium: Browser, service: Service, lang: Language) -> Iterator[CitizenPage]:
    """The open page of someone new."""
    with citizen(chromium, service.gateway.settings.base_url, lang) as opened:
        yield opened.open(lang)


def sent(service: Service) -> int:
    """How many declarations the office has."""
    return int(service.gateway.rows("select count(*) from pre_declaration")[0][0])


@both
def test_a_birth_with_a_correction(page: CitizenPage, service: Service, lang: Language) -> None:
    birth, before = BIRTHS[lang], sent(service)
    expect(page.button("web.welcome.birth")).to_be_visible()
    tell(page, birth)
    expect(page.button("web.welcome.birth")).to_be_hidden()
    done, total = page.progress()
    assert 0 < done < total
    finish_telling(page, birth)
    assert page.progress() == (total, total)
    page.tap("edit:child_name")
    page.say(birth.name)
    expect(page.summary.filter(has_text=birth.name)).to_have_count(1)
    expect(page.summary.filter(has_text=birth.child)).to_have_count(0)
    assert sent(service) == before
    page.tap("do:submit")
    reference = page.reference()
    expect(page.card).to_contain_text("2025")
    assert sent(service) == before + 1
    rows = service.gateway.rows("select 1 from pre_declaration where reference = %s", reference)
    assert rows == [(1,)]


@both
def test_another_language_in_the_middle(page: CitizenPage, lang: Language) -> None:
    tell(page, BIRTHS[lang])
    done = page.progress()
    page.switch()
    page.answered()
    expect(page.page.locator("html")).to_have_attribute("dir", "rtl" if lang == "fr" else "ltr")
    page.hears("اسم" if lang == "fr" else "nom")
    assert page.progress() == done
    finish_telling(page, BIRTHS[OTHER[lang]])
    page.tap("do:submit")
    assert page.lang == OTHER[lang]
    assert page.reference()


@both
def test_a_reload_in_the_middle(page: CitizenPage, service: Service, lang: Language) -> None:
    birth, before = BIRTHS[lang], sent(service)
    tell(page, birth)
    shown, done = page.transcript(), page.progress()
    page.page.reload()
    page.answered()
    assert page.transcript() == shown
    assert page.progress() == done
    finish_telling(page, birth)
    shown, lines = page.transcript(), page.summary.all_inner_texts()
    page.page.reload()
    expect(page.choice("do:submit")).to_be_visible()
    assert page.transcript() == shown
    assert page.summary.all_inner_texts() == lines
    page.tap("do:submit")
    reference = page.reference()
    page.page.reload()
    assert page.reference() == reference
    assert sent(service) == before + 1


@both
def test_keys_only(page: CitizenPage, lang: Language) -> None:
    birth = BIRTHS[lang]
    keys = page.page.keyboard
    reach(page, page.button("web.welcome.birth"))
    keys.press("Enter")
    page.answered()
    press(page, "do:consent_yes")
    press(page, "answer:declarant_capacity=father")
    typed = ("20/11/2025", birth.place, birth.sex, birth.child, birth.father, birth.mother)
    for text in (*typed, birth.cnie, birth.phone):
        before = page.said.count()
        reach(page, page.field)
        keys.type(text)
        keys.press("Enter")
        expect(page.said).to_have_count(before + 1)
        page.answered()
    press(page, "edit:child_sex")
    press(page, "answer:child_sex=female")
    press(page, "do:submit")
    assert page.reference()


@both
def test_a_photo_goes_with_the_declaration(
    page: CitizenPage, service: Service, lang: Language
) -> None:
    tell(page, BIRTHS[lang])
    finish_telling(page, BIRTHS[lang])
    page.tap("do:submit")
    page.page.get_by_text(page.words("web.papers"), exact=True).click()
    paper = page.page.get_by_role("listitem").filter(has=page.button("web.papers.attach")).first
    refused: FilePayload = {"name": "شهادة.jpg", "mimeType": "image/jpeg", "buffer": EXE}
    attach(page, paper, refused)
    expect(paper.get_by_role("alert")).to_have_text(page.words("web.paper_not_a_document"))
    count = "select count(*) from attachment where content_enc is not null"
    before = service.gateway.rows(count)
    name = "photo <b>1.jpg"
    attach(page, paper, {"name": name, "mimeType": "image/jpeg", "buffer": photo_with_place()})
    remove = page.page.get_by_role("button", name=f"{page.words('web.papers.remove')} {name}")
    expect(remove).to_be_visible()
    assert service.gateway.rows(count) == [(before[0][0] + 1,)]
    page.page.reload()
    page.page.get_by_text(page.words("web.papers"), exact=True).click()
    remove.click()
    expect(remove).to_be_hidden()
    assert service.gateway.rows(count) == before


@both
def test_finish_and_erase_here(page: CitizenPage, service: Service, lang: Language) -> None:
    tell(page, BIRTHS[lang])
    assert all(held(service))
    page.command("web.end")
    page.button("web.end.no").click()
    page.hears("اسم" if lang == "ar" else "nom")
    page.command("web.end")
    page.button("web.end.yes").click()
    expect(page.page.get_by_role("heading", name=page.words("web.ended"))).to_be_focused()
    expect(page.page.get_by_text(page.words("web.ended.erased"))).to_be_visible()
    seen = page.page.locator("body").inner_text()
    assert not [word for word in (*BIRTHS[lang].told, BIRTHS[lang].first) if word in seen]
    assert page.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.page.context.cookies() == []
    assert held(service) == (0, 0, 0, 0)
    page.button("web.ended.begin").click()
    page.say("salam" if lang == "ar" else "bonjour")
    assert page.said.count() == 1


def held(service: Service) -> tuple[int, ...]:
    """What the database can still read of the newest conversation: messages, replies, where it
    stands, its draft."""
    return service.gateway.rows(HELD)[0]


def attach(page: CitizenPage, paper: Locator, file: FilePayload) -> None:
    """Choose this file for a paper."""
    with page.page.expect_file_chooser() as chooser:
        page.button("web.papers.attach", paper).click()
    chooser.value.set_files(file)


def press(page: CitizenPage, choice: str) -> None:
    """Reach a choice with the keyboard and take it."""
    before = page.said.count()
    reach(page, page.choice(choice))
    page.page.keyboard.press("Enter")
    expect(page.said).to_have_count(before + 1)
    page.answered()


def reach(page: CitizenPage, place: Locator) -> None:
    """Tab to a place from wherever the focus is, whichever way is shorter."""
    expect(place).to_be_visible()
    wanted = place.element_handle()
    is_there = "place => document.activeElement === place"
    for _ in range(60):
        if page.page.evaluate(is_there, wanted):
            return
        page.page.keyboard.press("Tab")
    raise AssertionError(f"no Tab reaches {place}")
