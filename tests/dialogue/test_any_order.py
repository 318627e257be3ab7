"""Any order of answers, edits, interruptions and repeats ends in the same declaration."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.messages import SubmitDeclaration
from tests.dialogue.births import ARABIC, FRENCH, filled, reads
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


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(sorted(ARABIC)))
def test_answers_edited_in_any_order_agree(order: list[str]) -> None:
    phone = filled("ar")
    for question in order:
        settle(phone, "ar")
        phone.say("", choice=f"edit:{question}")
        phone.say(ARABIC[question])
    settle(phone, "ar")
    assert submitted_values(phone) == submitted_values(filled("ar"))


ODD = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="\u202e\u200b\u200f\x00\ud800😀٣ا1", max_size=40),
    st.sampled_from(["\ud83d", "\x00", "٠" * 300, "a" * 10_000, "🙂" * 500, "\u2066\u2069"]),
)


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(ODD, min_size=1, max_size=8))
def test_no_text_raises_and_each_gets_an_answer(texts: list[str]) -> None:
    phone = Phone(understand=reads())
    for text in texts:
        assert phone.say(text)
