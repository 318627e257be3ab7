"""Lines in, lines out: what a line stands for, whatever it holds."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.cli import lines


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("سلام", "سلام"),
        ("", ""),
        ('{"text": "3 نونبر"}', "3 نونبر"),
        ('"une chaîne"', "une chaîne"),
        ('"sa\\"lam"', 'sa"lam'),
        ('{"other": "x"}', '{"other": "x"}'),
        ("{not json", "{not json"),
        ('{"text": 5}', '{"text": 5}'),
        ("[1, 2]", "[1, 2]"),
        ("5", "5"),
    ],
)
def test_a_line_stands_for_a_text(line: str, text: str) -> None:
    assert lines.text_of(line) == text


def test_each_line_is_read_without_its_end() -> None:
    source = io.StringIO("un\r\n\n\u2028deux\ntrois")
    assert list(lines.read(source)) == ["un", "", "\u2028deux", "trois"]


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_one_line_of_json_that_says_the_same(text: str) -> None:
    line = lines.dump({"text": text})
    assert "\n" not in line
    line.encode()
    assert json.loads(line) == {"text": text}
