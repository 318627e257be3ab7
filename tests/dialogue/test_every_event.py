"""What holds for every event alike: any order of answers, edits and interruptions ends in the same
declaration; each question can be explained, left open and asked on a page; no word hurts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.effects import SubmitDeclaration
from bot.dialogue.panel import SHOWN_AS, panel_of
from bot.flows import flow_named
from bot.language import fold
from tests.dialogue import births, deaths, marriages
from tests.dialogue.births import YES
from tests.dialogue.test_any_order import LEADS_BACK, settle
from tests.support.catalogues import texts
from tests.support.phone import Phone

HURTING = tomllib.loads((Path(__file__).parent / "words_that_hurt.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Journey:
    """One event as the tests tell it: what is typed by question, and what an edit may pass
    through before the right answer stands again."""

    flow: str
    answers: dict[str, dict[str, str]]
    others: dict[str, str]
    open: Callable[[str], Phone]


TWO = {
    "declarant_capacity": "2",
    "husband": "Yassine Alami",
    "husband_cnie": "0",
    "husband_birth_commune": "0",
    "wife": "Hanane Zahraoui",
    "wife_cnie": "passeport AB1234567",
    "wife_birth_commune": "Fès",
}
JOURNEYS = [
    Journey(
        "declare_death",
        deaths.ANSWERS,
        {
            "declarant_capacity": "2",
            "deceased": "Fatna Zeroual",
            "deceased_sex": "femme",
            "death_date": "hier",
            "death_place": "à la maison, Salé",
            "death_certificate_held": "non",
            "deceased_cnie": "0",
            "declarant_name": "Omar Tazi",
            "declarant_cnie": "0",
        },
        deaths.opened,
    ),
    Journey(
        "declare_marriage",
        marriages.ANSWERS[marriages.MARRIAGE],
        {
            **TWO,
            "marriage_date": "hier",
            "marriage_country": "1",
            "marriage_act_reference": "88 de 2024",
        },
        lambda language: marriages.opened(marriages.MARRIAGE, language),
    ),
    Journey(
        "declare_divorce",
        marriages.ANSWERS[marriages.DIVORCE],
        {
            **TWO,
            "marriage_date": "01/02/2014",
            "divorce_date": "04/11/2025",
            "divorce_act_reference": "99 de 2025",
        },
        lambda language: marriages.opened(marriages.DIVORCE, language),
    ),
]
each_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.flow)
NOISE = ["pourquoi", "aide", "retour", "langue", "résumé", "agent", "annuler", "", "zzz ?", "menu"]
INTERRUPTIONS = {
    "fr": "retour;pourquoi;aide;langue;résumé;agent;annuler;effacer;pause;menu;STOP;REPRENDRE;"
    "répéter;détails;compléter;au revoir;bonjour;merci;99;zzz zzz zzz ?;changer la date;"
    "147108293365;code;reprendre 30000004;;العربية",
    "ar": "رجوع;علاش;مساعدة;لغة;ملخص;موظف;إلغاء;القائمة;توقف;ابدأ;عاود;تفاصيل;بسلامة;"
    "السلام عليكم;شكرا;٩٩;بدل التاريخ;كود;;français",
}


def fill(journey: Journey, phone: Phone, language: str) -> Phone:
    """Type the usual answers until the review."""
    for asked, typed in journey.answers[language].items():
        if phone.state.asked == asked:
            phone.say(typed)
    assert phone.state.at == "review"
    return phone


def filled(journey: Journey, language: str = "fr") -> Phone:
    """A phone that stands at the review."""
    return fill(journey, journey.open(language), language)


def at(journey: Journey, question: str, language: str = "fr") -> Phone:
    """A phone at a question."""
    phone = journey.open(language)
    for asked, typed in journey.answers[language].items():
        if phone.state.asked == question:
            break
        phone.say(typed)
        assert asked
    assert phone.state.asked == question
    return phone


def sent(phone: Phone) -> dict[str, object]:
    """What the register would receive."""
    [record] = [e for e in phone.effects if isinstance(e, SubmitDeclaration)]
    return dict(record.values)


def submitted_values(phone: Phone) -> dict[str, object]:
    """What the register receives once the summary is agreed to."""
    phone.say(YES[phone.state.language])
    return sent(phone)


@each_journey
@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=st.data())
def test_edits_that_are_undone_leave_no_trace(journey: Journey, data: st.DataObject) -> None:
    phone = filled(journey)
    wanted = submitted_values(filled(journey))
    edits = data.draw(st.lists(st.sampled_from(sorted(journey.others)), max_size=5))
    for question in edits:
        for value in (journey.others[question], journey.answers["fr"][question]):
            settle(phone, "fr")
            phone.say("", choice=f"edit:{question}")
            phone.say(value)
            phone.say(data.draw(st.sampled_from(NOISE)))
    settle(phone, "fr")
    assert submitted_values(phone) == wanted


@each_journey
@settings(max_examples=10, deadline=None, derandomize=True)
@given(data=st.data())
def test_answers_edited_in_any_order_agree(journey: Journey, data: st.DataObject) -> None:
    phone = filled(journey, "ar")
    for question in data.draw(st.permutations(sorted(journey.answers["ar"]))):
        settle(phone, "ar")
        phone.say("", choice=f"edit:{question}")
        phone.say(journey.answers["ar"][question])
    settle(phone, "ar")
    assert submitted_values(phone) == submitted_values(filled(journey, "ar"))


def play_on(journey: Journey, phone: Phone, language: str) -> dict[str, object]:
    """Answer whatever is asked until the review is sent; what the register would receive."""
    for _ in range(30):
        if phone.draft and phone.draft.reference:
            return sent(phone)
        way = LEADS_BACK.get(phone.state.at) or ("annuler" if phone.state.side else None)
        typed = journey.answers[language].get(phone.state.asked)
        phone.say(way or typed or YES[phone.state.language])
    raise AssertionError(f"no end from {phone.state.at}, {phone.state.asked}")


@pytest.mark.parametrize("language", ["fr", "ar"])
@each_journey
def test_any_interruption_at_any_step_ends_in_the_same_declaration(
    journey: Journey, language: str
) -> None:
    flow, wanted = flow_named(journey.flow), submitted_values(filled(journey, language))
    for question in journey.answers[language]:
        for text in INTERRUPTIONS[language].split(";"):
            phone = at(journey, question, language)
            if text.isdecimal() and flow.by_id[question].answer == "act_reference":
                continue  # there it is an answer
            phone.say(text)
            assert play_on(journey, phone, language) == wanted, (question, text)


@each_journey
def test_an_edit_by_number_by_name_and_in_words(journey: Journey) -> None:
    for number, question in enumerate(journey.answers["fr"], start=1):
        phone = filled(journey)
        phone.say(str(number))
        assert phone.state.asked == question


@each_journey
def test_several_answers_in_one_message(journey: Journey) -> None:
    phone = journey.open("fr")
    answers = list(journey.answers["fr"].items())
    phone.say(answers[0][1])
    names = {"declare_death": ("Brahim Oulhaj, homme, 17/11", "death_place")}
    typed, then = names.get(journey.flow, ("Karim Tazi, ad 112233, Témara", "wife"))
    phone.say(typed)
    assert phone.state.asked == then


@pytest.mark.parametrize("language", ["fr", "ar"])
@each_journey
def test_each_question_says_why_and_shows_on_a_page(journey: Journey, language: str) -> None:
    flow = flow_named(journey.flow)
    for question in journey.answers[language]:
        phone = at(journey, question, language)
        reply = phone.say("pourquoi" if language == "fr" else "علاش")
        assert len(reply.splitlines()) >= 2
        assert phone.state.asked == question
        panel = panel_of(phone.state, phone.draft)
        assert panel.flow == flow.id
        kind = flow.by_id[question].answer
        assert panel.answer == SHOWN_AS.get(kind, kind)
        assert panel.papers
        assert 0 <= panel.done < panel.total


@pytest.mark.parametrize("language", ["fr", "ar"])
@each_journey
def test_the_card_of_a_page_tells_the_event(journey: Journey, language: str) -> None:
    phone = fill(journey, journey.open(language), language)
    phone.world = _on_a_page(phone)
    phone.say(YES[language])
    assert phone.outcome is not None
    [card] = [reply.card for reply in phone.outcome.replies if reply.card]
    assert card.kind == journey.flow
    assert card.title.key == f"card.title.{journey.flow}"


def _on_a_page(phone: Phone):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(phone.world, channel="web")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_holds_a_word_that_hurts(language: str) -> None:
    for key, text in texts(language):
        hurts = [word for word in HURTING["words"] if fold(word) in fold(text)]
        assert hurts == [], key


def test_the_check_of_hurting_words_catches_one() -> None:
    assert fold("الهالك") in fold("اسم الهالك الكامل")
    assert births.FRENCH
