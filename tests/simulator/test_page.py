"""The telephone's own API, its page, and how an old handset is given Arabic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.feature_phone import visual_lines
from simulator.phone import PAGE
from simulator.store import MESSAGES_KEPT, Message, Store
from simulator.switches import Switches
from tests.support.provider import CITIZEN, Provider


def conversation(provider: Provider, number: str = CITIZEN) -> dict[str, Any]:
    answer = httpx.post(f"{provider.url}/phone/messages", json={"number": number})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("number", ["0612345678", "+212 612-345678", "00212612345678"])
def test_a_number_may_be_written_as_people_do(provider: Provider, number: str) -> None:
    provider.type("سلام", number=number)
    seen = conversation(provider)
    assert [(m["text"], m["mine"], m["rtl"], m["encoding"]) for m in seen["messages"]] == [
        ("سلام", True, True, "UCS-2")
    ]
    assert conversation(provider, "0661234567")["messages"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"number": "12", "text": "a"},
        {"number": "abc", "text": "a"},
        {"number": CITIZEN, "text": "  "},
        {"number": CITIZEN, "text": "a" * 10_001},
        {"number": CITIZEN, "media": "hologram"},
    ],
)
def test_what_no_telephone_sends_is_refused(provider: Provider, body: dict[str, str]) -> None:
    assert httpx.post(f"{provider.url}/phone/send", json=body).status_code == 422
    assert conversation(provider)["messages"] == []


def test_counter_counts_as_the_network_does(provider: Provider) -> None:
    def count(text: str) -> dict[str, Any]:
        found: dict[str, Any] = httpx.post(
            f"{provider.url}/phone/count", json={"text": text}
        ).json()
        return found

    assert count("a" * 160) == {"encoding": "GSM-7", "segments": 1, "units": 160}
    assert count("س" * 71) == {"encoding": "UCS-2", "segments": 2, "units": 71}


def test_events_tell_of_a_change(provider: Provider) -> None:
    with httpx.stream("GET", f"{provider.url}/phone/events", timeout=5) as events:
        lines = events.iter_lines()
        first = next(line for line in lines if line)
        provider.type("1")
        second = next(line for line in lines if line)
    assert first != second


def test_unknown_switch_is_refused(provider: Provider) -> None:
    answer = httpx.post(f"{provider.url}/control", json={"rain": True})
    assert answer.status_code == 422


def test_every_switch_has_a_label_in_both_languages() -> None:
    labels = json.loads((PAGE / "labels.json").read_text(encoding="utf-8"))
    for words in labels.values():
        assert set(words["switch"]) == set(Switches.model_fields)


def _keys(words: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in words.items():
        if isinstance(value, dict) and key != "segments":
            yield from _keys(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def test_labels_are_the_same_in_both_languages_and_cover_the_page() -> None:
    labels = json.loads((PAGE / "labels.json").read_text(encoding="utf-8"))
    assert set(_keys(labels["ar"])) == set(_keys(labels["fr"]))
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'data-label(?:-aria|-placeholder)?="([^"]+)"', page))
    assert named <= set(labels["fr"])


def test_page_asks_no_third_party() -> None:
    for file in PAGE.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, file.name


def test_store_forgets_the_oldest() -> None:
    store = Store()
    first = Message("a", "b", "c", inbound=True, status="received")
    store.add(first)
    for _ in range(MESSAGES_KEPT):
        store.add(Message("a", "b", "c", inbound=True, status="received"))
    assert store.get(first.sid) is None
    assert len(store.of_telephone("b")) == MESSAGES_KEPT


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("Bonjour (1)", ["Bonjour (1)"], id="french as it stands"),
        pytest.param("سلام", ["\ufee1\ufefc\ufeb3"], id="shaped and turned, lam-alif one glyph"),
        pytest.param("رقم 12", ["12 \ufee2\ufed7\ufead"], id="digits keep their order"),
        pytest.param("", [""], id="nothing"),
        pytest.param("a\nb", ["a", "b"], id="two lines"),
    ],
)
def test_visual_lines(text: str, lines: list[str]) -> None:
    assert visual_lines(text, 26) == lines


def test_brackets_are_mirrored_and_isolates_left_out() -> None:
    (line,) = visual_lines("(\u2066الأم\u2069)", 26)
    assert (line[0], line[-1]) == ("(", ")")
    assert not set(line) & {"\u2066", "\u2069"}


@given(st.text(max_size=300))
def test_no_text_breaks_an_old_handset(text: str) -> None:
    assert all(len(line) <= 26 for line in visual_lines(text, 26))
