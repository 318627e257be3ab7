"""Dates against a clock: bounds, midnight, both languages, and nothing from the future."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import find_dates, parse
from bot.answers.result import Accepted, Ambiguous, AnswerContext, NotAnAnswer, Refused

ZONE = ZoneInfo("Africa/Casablanca")
NOW = datetime(2025, 11, 21, 10, tzinfo=ZONE)
FRENCH = AnswerContext("fr", NOW)
DAYS = st.dates(date(1926, 1, 1), NOW.date())
SHAPES = ("{d}/{m}/{y}", "{d:02}-{m:02}-{y}", "{y}-{m:02}-{d:02}", "{d:02}{m:02}{y}", "{d} {m} {y}")

DATE_WORDS = [
    *("3", "11", "31", "02", "2025", "25", "2026", "1447", "0311", "1er", "/", "-", ".", "le"),
    *("novembre", "نونبر", "شعبان", "فاتح", "hier", "demain", "lundi", "الجمعة", "prochain"),
    *("il y a", "hadi", "منذ", "yam", "jours", "أسبوع", "nhar", "يوم", "li fat", "f", "ch7er"),
]


@pytest.mark.parametrize(
    ("bounds", "text", "problem"),
    [
        ({"not_before": "2025-06-01"}, "3/5/2025", "problem.date_too_early"),
        ({"not_after": "2025-11-01"}, "3/11/2025", "problem.date_too_late"),
        ({}, "31/12/1899", "problem.date_too_early"),
    ],
)
def test_bounds_are_kept(bounds: dict[str, str], text: str, problem: str) -> None:
    parsed = parse("date", text, AnswerContext("fr", NOW, **bounds))
    assert isinstance(parsed, Refused)
    assert parsed.problem == problem


def test_a_day_on_the_bound_is_within_it() -> None:
    context = AnswerContext("fr", NOW, not_before="2025-11-03", not_after="2025-11-03")
    assert parse("date", "3/11/2025", context) == Accepted("2025-11-03")


@pytest.mark.parametrize(
    ("text", "days"),
    [("hier", ["2025-11-20", "2025-11-19"]), ("اليوم", ["2025-11-21", "2025-11-20"])],
)
def test_after_midnight_today_and_yesterday_are_confirmed(text: str, days: list[str]) -> None:
    night = AnswerContext("fr", datetime(2025, 11, 21, 1, 30, tzinfo=ZONE))
    parsed = parse("date", text, night)
    assert isinstance(parsed, Ambiguous)
    assert [candidate.value for candidate in parsed.candidates] == days
    morning = AnswerContext("fr", datetime(2025, 11, 21, 4, 0, tzinfo=ZONE))
    assert parse("date", text, morning) == Accepted(days[0])


def test_an_absolute_date_needs_no_confirmation_after_midnight() -> None:
    night = AnswerContext("fr", datetime(2025, 11, 21, 1, 30, tzinfo=ZONE))
    assert parse("date", "20/11/2025", night) == Accepted("2025-11-20")


@pytest.mark.parametrize(
    ("language", "label"), [("fr", "mardi 18 novembre 2025"), ("ar", "الثلاثاء 18 نونبر 2025")]
)
def test_readings_are_labelled_in_the_reply_language(language: str, label: str) -> None:
    context = AnswerContext(language, NOW)  # type: ignore[arg-type]
    parsed = parse("date", "lundi 18 novembre 2025", context)
    assert isinstance(parsed, Ambiguous)
    assert parsed.candidates[0].label == label


def test_a_refused_date_comes_with_an_example_that_would_be_accepted() -> None:
    parsed = parse("date", "31 février", FRENCH)
    assert isinstance(parsed, Refused)
    assert isinstance(parse("date", parsed.details["example"], FRENCH), Accepted)


@given(day=DAYS, shape=st.sampled_from(SHAPES))
def test_every_past_day_is_read_in_every_shape(day: date, shape: str) -> None:
    text = shape.format(d=day.day, m=day.month, y=day.year)
    assert parse("date", text, FRENCH) == Accepted(day.isoformat())


@given(day=st.dates(NOW.date() + timedelta(days=1), date(2060, 1, 1)))
def test_no_future_day_is_accepted(day: date) -> None:
    parsed = parse("date", f"{day.day}/{day.month}/{day.year}", FRENCH)
    assert parsed == Refused("problem.date_future", {"example": "20/11/2025"})


@given(words=st.lists(st.sampled_from(DATE_WORDS), max_size=7))
def test_no_mixture_of_date_words_gives_a_future_or_impossible_day(words: list[str]) -> None:
    for kind in ("date", "partial_date"):
        parsed = parse(kind, " ".join(words), FRENCH)
        if isinstance(parsed, Accepted):
            assert str(parsed.value) <= "2025-11-21"
        if isinstance(parsed, Accepted) and kind == "date":
            assert date.fromisoformat(str(parsed.value)) <= NOW.date()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("ma femme a accouché lundi d'un garçon a l'hopital de temara", ("2025-11-17",)),
        ("فاطمة، 3 نونبر، فالرباط", ("2025-11-03",)),
        ("quels papiers faut-il", ()),
        ("né le 31/02/2025", ()),
    ],
)
def test_dates_are_found_in_longer_texts(text: str, days: tuple[str, ...]) -> None:
    assert find_dates(text, FRENCH) == days
    if days:
        assert parse("date", text, FRENCH) == NotAnAnswer()
