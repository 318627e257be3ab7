"""Stop today and go on from another phone: the code, its proof, and which of the two holds it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from stdnum import damm

from bot.answers.resume_code import is_resume_code, looks_like_date
from bot.dialogue.effects import (
    CountWrongCode,
    EndResumeCode,
    HoldDraft,
    KeepResumeCode,
    PointToDraft,
    SubmitDeclaration,
)
from bot.dialogue.messages import Channel, Entity
from bot.language import segments
from integrations.platform.ids import new_resume_code
from tests.dialogue.births import at, declares_birth, filled, opened, reads, submitted
from tests.dialogue.test_shared_phone import away, shows
from tests.support.phone import Phone

ELSEWHERE = {"fr": "continue sur un autre téléphone", "ar": "من هاتف آخر"}
WRONG = "pas reconnu"


def code_of(phone: Phone, wish: str = "pause") -> str:
    """The code as the citizen reads it."""
    found = re.search(r"\d{4}[ \u00a0]\d{4}", phone.say(wish))
    assert found
    return found.group()


def other(phone: Phone, **more: object) -> Phone:
    """Another person's phone, or another one of the same person."""
    more = {"msisdn": "+212698765432", "understand": reads(), "beside": phone, **more}
    second = Phone(now=phone.world.now, **more)  # type: ignore[arg-type]
    second.say("français")
    return second


def taken_up(phone: Phone, proof: str = "4511") -> Phone:
    """Another phone that went on with what is filled on this one."""
    second = other(phone)
    second.say(f"code {code_of(phone)}")
    second.say(proof)
    return second


@pytest.mark.parametrize(
    "wish", ["pause", "au revoir", "code", "je continue sur un autre téléphone"]
)
def test_pausing_and_asking_give_the_same_code(wish: str) -> None:
    phone = filled("fr")
    first = code_of(phone, wish)
    assert code_of(phone, "code") == first
    digits = first.replace(" ", "")
    assert is_resume_code(digits)
    kept = [e for e in phone.effects if isinstance(e, KeepResumeCode)]
    assert {e.code for e in kept} == {digits}
    assert kept[0].until == phone.world.now + timedelta(days=30)


@pytest.mark.parametrize(
    "wish", ["رمز", "كود", "نكمل من تيليفون آخر", "3tini lcode", "نكمل من بعد"]
)
def test_it_is_given_in_arabic_with_groups_that_keep_their_order(wish: str) -> None:
    assert "\u00a0" in code_of(filled("ar"), wish)


def test_the_code_is_a_message_of_its_own_that_is_never_sent_twice() -> None:
    phone = filled("fr")
    phone.say("pause")
    assert phone.outcome is not None
    assert [reply.kind for reply in phone.outcome.replies] == ["answer", "code"]


def test_asked_in_the_middle_the_question_is_put_again() -> None:
    phone = at("child_sex")
    code_of(phone, "code")
    assert phone.state.asked == "child_sex"
    phone.say("fille")
    assert phone.values["child_sex"] == "female"


def test_before_the_notice_is_agreed_to_there_is_no_code() -> None:
    phone = Phone(understand=declares_birth())
    phone.say("je veux déclarer une naissance")
    assert "gardées 7 jours" in phone.say("pause")
    assert not [e for e in phone.effects if isinstance(e, KeepResumeCode)]


def test_a_code_is_never_like_a_date_and_its_check_digit_is_damm() -> None:
    assert looks_like_date("17112025")
    assert looks_like_date("20251117")
    assert not looks_like_date("17132025")
    for days in range(60):
        day = date(2025, 1, 1) + timedelta(days)
        assert not is_resume_code(day.strftime("%d%m%Y"))
    for _ in range(300):
        code = new_resume_code()
        assert len(code) == 8
        assert damm.is_valid(code)


def test_a_drawn_date_is_drawn_again() -> None:
    phone = filled("fr")
    drawn = iter(["17112025", "20251117", "30000004"])
    object.__setattr__(phone.world, "new_resume_code", lambda: next(drawn))
    assert code_of(phone) == "3000 0004"


@pytest.mark.parametrize("typed", ["{}", "code {}", "reprendre {}", "رمز {}", "voici mon code: {}"])
def test_another_phone_goes_on_after_the_proof(typed: str) -> None:
    phone = filled("fr")
    second = other(phone)
    said = second.say(typed.format(code_of(phone)))
    assert said.count("gardée sous ce code") == 1
    assert shows(said) == []
    assert second.state.asked == "proof"
    assert shows(second.say("4511"))
    assert second.state.at == "review"
    assert [e.draft_id for e in second.effects if isinstance(e, HoldDraft)] == list(phone.drafts)
    second.say("oui")
    assert [e for e in second.effects if isinstance(e, SubmitDeclaration)]


def test_the_code_alone_shows_and_changes_nothing() -> None:
    phone = filled("fr")
    second = other(phone)
    second.say(f"code {code_of(phone)}")
    before = phone.values
    for text in ("résumé", "retour", "oui", "1", "le prénom est faux", "annuler", "menu", "code"):
        assert shows(second.say(text)) == []
    assert phone.values == before
    assert "Ilyas" in phone.say("résumé")


def test_typing_it_writes_no_draft_and_forgetting_there_holds_none() -> None:
    phone = filled("fr")
    second = other(phone)
    second.say(f"code {code_of(phone)}")
    assert [e.draft_id for e in second.effects if isinstance(e, PointToDraft)] == list(phone.drafts)
    assert second.outcome is not None
    assert second.outcome.draft is None


def test_the_first_phone_hears_that_it_went_on_elsewhere_and_takes_it_back() -> None:
    phone = filled("fr")
    second = taken_up(phone)
    said = phone.say("oui")
    assert ELSEWHERE["fr"] in said
    assert shows(said) == []
    assert not [e for e in phone.effects if isinstance(e, SubmitDeclaration)]
    phone.say("1")
    assert shows(phone.say("4511"))
    assert ELSEWHERE["fr"] in second.say("oui")
    phone.say("oui")
    assert [e for e in phone.effects if isinstance(e, SubmitDeclaration)]


def test_it_is_said_once_and_other_things_go_on() -> None:
    phone = filled("fr")
    taken_up(phone)
    phone.say("oui")
    assert ELSEWHERE["fr"] not in phone.say("2")
    assert phone.state.at == "menu"


def test_what_the_other_phone_changed_stands() -> None:
    phone = filled("fr")
    second = taken_up(phone)
    second.say("", choice="edit:child_name")
    second.say("Yahya")
    phone.say("bonjour")
    phone.say("1")
    assert "Yahya" in phone.say("4511")


def test_what_one_phone_sent_the_other_sees_as_sent() -> None:
    phone = filled("fr")
    second = taken_up(phone)
    second.say("oui")
    said = phone.say("bonjour")
    assert "envoyée depuis un autre téléphone" in said
    assert "la voir ici" in said
    phone.say("1")
    said = phone.say("4511")
    reference = phone.drafts[next(iter(phone.drafts))].reference
    assert re.sub(r"\D", "", reference) in re.sub(r"\D", "", said)
    assert phone.state.at == "extras"


def test_what_was_sent_is_opened_by_its_code_too() -> None:
    phone = submitted("fr")
    second = other(phone)
    second.say(f"code {code_of(phone, 'code')}")
    assert "dossier" in second.say("4511").lower()
    second.say("compléter")
    assert second.state.asked == "mother_cnie"


def test_where_only_a_name_is_known_the_name_is_the_proof() -> None:
    phone = Phone(understand=declares_birth(Entity("given_name", "Ilyas", "child")))
    phone.say("je veux déclarer la naissance d'Ilyas")
    phone.say("1")
    second = taken_up(phone, "Ilyas")
    assert second.state.asked == "declarant_capacity"


def test_where_nothing_personal_is_known_one_word_goes_on() -> None:
    phone = opened("fr")
    second = other(phone)
    assert second.say(f"code {code_of(phone)}").count("gardée sous ce code") == 1
    second.say("1")
    assert second.state.asked == "declarant_capacity"
    assert ELSEWHERE["fr"] in phone.say("1")
    phone.say("1")
    assert phone.state.asked == "declarant_capacity"


def test_a_mistyped_code_is_not_counted_and_a_wrong_one_is() -> None:
    phone = Phone(understand=reads())
    phone.say("bonjour")
    assert WRONG in phone.say("code 1234 567")
    assert WRONG in phone.say("code 12345678")  # its check digit is wrong
    assert not phone.effects
    phone.say("code 9000000" + damm.calc_check_digit("9000000"))
    assert phone.effects == [CountWrongCode()]


@pytest.mark.parametrize("place", ["child_name", "father", "declarant_cnie", "birth_date"])
def test_a_bare_number_where_a_question_waits_is_its_answer(place: str) -> None:
    phone = filled("fr")
    code = code_of(phone).replace(" ", "")
    second = at(place)
    second.drafts.update(phone.drafts)
    second.say(code)
    assert not [e for e in second.effects if isinstance(e, PointToDraft)]


def test_a_date_typed_at_the_menu_is_no_code() -> None:
    phone = Phone(understand=reads())
    phone.say("bonjour")
    assert WRONG not in phone.say("17112025")


def test_an_unfinished_declaration_is_not_left_without_asking() -> None:
    phone = filled("fr")
    second = other(phone, understand=declares_birth())
    for text in ("je veux déclarer une naissance", "1", "2", "hier"):
        second.say(text)
    own = second.draft.id if second.draft else ""
    said = second.say(f"code {code_of(phone)}")
    assert "Une autre démarche" in said
    second.say("1")
    assert second.draft is not None
    assert second.draft.id == own
    second.say(f"code {code_of(phone)}")
    second.say("2")
    assert second.state.asked == "proof"
    second.say("4511")
    assert second.values["child_given_name_latin"] == "Ilyas"
    assert own in phone.drafts


def test_three_wrong_proofs_send_the_other_phone_away() -> None:
    phone = filled("fr")
    second = other(phone)
    second.say(f"code {code_of(phone)}")
    for wrong in ("0000", "1111", "2222"):
        assert shows(second.say(wrong)) == []
    assert second.draft is None
    assert second.effects[-1] == PointToDraft(None)
    assert "Ilyas" in phone.say("résumé")


def test_a_code_ends_when_too_many_proofs_were_wrong_on_however_many_phones() -> None:
    phone = filled("fr")
    code = code_of(phone)
    for _ in range(2):
        thief = other(phone)
        for text in (f"code {code}", "0000", "1111", "2222"):
            thief.say(text)
    assert [e for e in thief.effects if isinstance(e, EndResumeCode)]
    late = other(phone)
    assert WRONG in late.say(f"code {code}")
    assert code_of(phone, "code") != code
    assert "Ilyas" in phone.say("résumé")


def test_a_phone_locked_after_a_day_gives_no_code_before_the_proof() -> None:
    phone = away(filled("fr"))
    assert not re.search(r"\d{4} \d{4}", phone.say("code") + phone.say("code"))
    assert phone.state.asked == "proof"
    phone.say("4511")
    code_of(phone, "code")


def test_its_own_code_on_its_own_phone_goes_on() -> None:
    phone = filled("fr")
    code = code_of(phone)
    assert shows(phone.say(code))
    assert phone.state.at == "review"
    away(phone)
    phone.say(code)
    assert phone.state.asked == "proof"
    phone.say("4511")
    assert phone.state.at == "review"


def test_a_twin_begun_after_is_not_opened_by_the_first_ones_code() -> None:
    phone = filled("fr")
    second = taken_up(phone)
    for text in ("deux jumeaux", "oui"):
        second.say(text)
    assert second.draft is not None
    first = second.draft
    second.say("", choice="do:twin")
    assert second.draft.id != first.id
    assert second.draft.resume_code == ""
    assert second.state.holds(second.draft)


def test_a_code_without_a_declaration_says_how_to_use_one() -> None:
    phone = Phone(understand=reads())
    phone.say("bonjour")
    assert "8 chiffres" in phone.say("code")


def test_a_declaration_thrown_away_elsewhere_is_gone_here() -> None:
    phone = filled("fr")
    second = taken_up(phone)
    second.say("annuler")
    second.say("oui")
    assert "plus gardée" in phone.say("résumé")
    third = other(phone)
    code = phone.drafts[next(iter(phone.drafts))].resume_code
    assert WRONG in third.say(f"code {code}")


def test_a_proof_for_what_was_thrown_away_meanwhile_is_told() -> None:
    phone = filled("fr")
    second = other(phone)
    second.say(f"code {code_of(phone)}")
    phone.say("annuler")
    phone.say("oui")
    assert "plus gardée" in second.say("4511")
    assert "proof" not in second.state.aside


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("channel", ["sms", "ussd", "web", "whatsapp"])
def test_every_channel_shows_the_code_in_two_groups(channel: Channel, language: str) -> None:
    phone = filled(language, channel=channel)
    if phone.state.at != "review":  # a page has no number of its own
        phone.say("0612345678")
    code_of(phone)
    if channel == "sms":
        assert segments(phone.received[-1]).segments <= 2


def test_a_first_message_that_is_a_code_asks_the_language_and_goes_on() -> None:
    phone = filled("ar")
    code = code_of(phone)
    second = Phone(understand=reads(), beside=phone)
    second.say(code)
    assert second.state.at == "language"
    assert "هناك إجراء محفوظ" in second.say("العربية")
    second.say("4511")
    assert second.state.at == "review"


def test_a_day_later_a_code_is_read_before_the_old_draft_is_offered() -> None:
    phone = filled("fr")
    second = other(phone, understand=declares_birth())
    second.say("je veux déclarer une naissance")
    second.say("1")
    second.say("2")
    code = code_of(phone)
    away(second)
    assert "Une autre démarche" in second.say(code)
