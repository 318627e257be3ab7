"""Any order of answers, edits, interruptions and repeats ends in the same declaration."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.effects import SubmitDeclaration
from tests.dialogue.births import ARABIC, FRENCH, YES, at, declares_birth, filled, reads
from tests.support.phone import Phone

# What an edit may pass through before the right answer stands again.
OTHERS = {
    "declarant_capacity": "2",
    "birth_date": "hier",
    "birth_place": "clinique Atlas, Salé",
    "child_sex": "fille",
    "child_name": "Yahya",
    "father": "Karim Tazi",
    "mother": "Salma Fassi",
    "declarant_cnie": "0",
}
NUMBERS = {
    "declarant_capacity": "1",
    "birth_date": "2",
    "birth_place": "3",
    "child_sex": "4",
    "child_name": "5",
    "father": "6",
    "mother": "7",
    "declarant_cnie": "8",
}
NOISE = ["pourquoi", "aide", "retour", "langue", "résumé", "agent", "annuler", "", "zzz ?", "menu"]


def settle(phone: Phone, language: str) -> None:
    """Whatever the phone stands at, come back to the review."""
    for _ in range(12):
        if phone.state.at == "review":
            return
        phone.say(
            {"cancel": "non", "resume": "oui", "language": "français"}.get(phone.state.at, "")
        )
        if phone.state.at != "review":
            phone.say("résumé" if language == "fr" else "ملخص")


def submitted_values(phone: Phone) -> dict[str, object]:
    """What the register would receive."""
    phone.say("oui" if phone.state.language == "fr" else "نعم")
    [sent] = [e for e in phone.effects if isinstance(e, SubmitDeclaration)]
    return dict(sent.values)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(edits=st.lists(st.sampled_from(sorted(FRENCH)), max_size=6), noise=st.data())
def test_edits_that_are_undone_leave_no_trace(edits: list[str], noise: st.DataObject) -> None:
    phone = filled("fr")
    phone.understand = reads()
    for question in [*edits, *reversed(edits)]:
        for value in (OTHERS[question], FRENCH[question]):
            settle(phone, "fr")
            phone.say("", choice=f"edit:{question}")
            phone.say(value)
            phone.say(noise.draw(st.sampled_from(NOISE)))
    settle(phone, "fr")
    assert submitted_values(phone) == submitted_values(filled("fr"))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(order=st.permutations(sorted(ARABIC)))
def test_answers_edited_in_any_order_agree(order: list[str]) -> None:
    phone = filled("ar")
    for question in order:
        settle(phone, "ar")
        phone.say("", choice=f"edit:{question}")
        phone.say(ARABIC[question])
    settle(phone, "ar")
    assert submitted_values(phone) == submitted_values(filled("ar"))


# Everything that may come between a question and its answer, and what leads back to the questions.
INTERRUPTIONS = {
    "fr": "retour;pourquoi;aide;langue;résumé;agent;annuler;effacer;pause;menu;STOP;REPRENDRE;"
    "répéter;détails;compléter;au revoir;bonjour;merci;oui mais;99;zzz zzz zzz ?;le bébé est mort;"
    "le père est mort;c'est pour ma soeur;changer la date;le nom de la mère est faux;"
    "147108293365;prénom ?;code;code 3000 0004;reprendre 30000004;;العربية",
    "ar": "رجوع;علاش;مساعدة;لغة;ملخص;موظف;إلغاء;مسح;القائمة;توقف;ابدأ;عاود;تفاصيل;نكمل;بسلامة;"
    "السلام عليكم;شكرا;٩٩;الولد مات;باه مات;هادي لختي;بدل تاريخ الميلاد;"
    "السمية ديال الأم غلط;كود;رمز 30000004;;français",
}
LEADS_BACK = {
    "cancel": "2",
    "forget": "2",
    "resume": "1",
    "paused": "1",
    "language": "français",
    "menu": "menu",
    "reference": "annuler",
    "proposal": "3",
}


def play_on(phone: Phone, language: str) -> dict[str, object]:
    """Answer whatever is asked until the review is sent; what the register would receive."""
    answers = FRENCH if language == "fr" else ARABIC
    for _ in range(24):
        if phone.draft and phone.draft.reference:
            [sent] = [e for e in phone.effects if isinstance(e, SubmitDeclaration)]
            return dict(sent.values)
        way = LEADS_BACK.get(phone.state.at) or ("annuler" if phone.state.side else None)
        phone.say(way or answers.get(phone.state.asked) or YES[phone.state.language])
    raise AssertionError(f"no end from {phone.state.at}, {phone.state.asked}")


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("question", [*FRENCH, "review", "consent"])
def test_any_interruption_at_any_step_ends_in_the_same_declaration(
    question: str, language: str
) -> None:
    wanted = submitted_values(filled(language))
    for text in INTERRUPTIONS[language].split(";"):
        phone = reach(question, language)
        phone.say(text)
        assert play_on(phone, language) == wanted, text


def reach(place: str, language: str) -> Phone:
    """A phone at a question, at the notice or at the review."""
    if place == "review":
        phone = filled(language)
    elif place == "consent":
        phone = Phone(understand=declares_birth())
        phone.say("je veux déclarer une naissance" if language == "fr" else "بغيت نسجل ولدي")
    else:
        phone = at(place, language)
    phone.understand = reads()
    return phone


ODD = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="\u202e\u200b\u200f\x00\ud800😀٣ا1", max_size=40),
    st.sampled_from(["\ud83d", "\x00", "٠" * 300, "a" * 10_000, "🙂" * 500, "\u2066\u2069"]),
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(texts=st.lists(ODD, min_size=1, max_size=8))
def test_no_text_raises_and_each_gets_an_answer(texts: list[str]) -> None:
    phone = Phone(understand=reads())
    for text in texts:
        assert phone.say(text)
