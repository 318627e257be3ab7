"""Long replies are cut where a reader would cut them, and numbers go on."""

from __future__ import annotations

from bot.dialogue.messages import Choice, Reply, Verbatim
from bot.language import segments
from bot.wording import fit

LONG = Verbatim("كلمات كثيرة " * 9)


def test_a_long_reply_is_cut_into_messages_of_three_segments() -> None:
    reply = Reply((LONG, LONG, LONG), (Choice("a", Verbatim("نعم")), Choice("b", LONG)), (LONG,))
    texts = [rendered.text for _, rendered in fit([reply], "ar", "sms")]
    assert len(texts) > 1
    assert all(segments(text).segments <= 3 for text in texts)
    whole = "\n".join(texts)
    assert whole.count("كلمات") == 45
    assert "1 نعم" in whole
    assert "\n2 كلمات" in whole


def test_a_short_reply_and_another_channel_are_left_alone() -> None:
    long, short = Reply((LONG, LONG, LONG)), Reply((Verbatim("نعم"),))
    assert [reply for reply, _ in fit([long], "ar", "web")] == [long]
    assert [reply for reply, _ in fit([short], "ar", "sms")] == [short]
