"""The page's sentences: all there in both languages, none left over, each filled the same way."""

from __future__ import annotations

import json
import re
from pathlib import Path

from channels.web import assets, page
from tests.support.catalogues import texts

ROOM = Path(page.__file__).parent
FRENCH, ARABIC = page.strings()["fr"], page.strings()["ar"]


def test_both_languages_go_with_the_page() -> None:
    assert set(FRENCH) == set(ARABIC) == set(page.sentence_keys())
    assert len(page.sentence_keys()) > 50


def test_each_sentence_that_a_module_asks_for_is_one() -> None:
    """Also one whose key is not written as `page.sentence_keys` looks for it."""
    code = "".join(assets.texts().values())
    asked = set(re.findall(r'\bt\("([^"]+)"', code))
    asked |= set(re.findall(r'\b(?:say|sayLabel)\([\w.#]+, "([^"]+)"', code))
    asked |= set(re.findall(r'\b(?:t|label): "([^"]+)"', code))
    assert asked <= set(page.sentence_keys())
    assert len(asked) > 30


def test_no_sentence_of_the_web_is_left_over() -> None:
    rooms = [ROOM, *(ROOM.parents[1] / name for name in ("actions", "integrations"))]
    code = "".join(file.read_text("utf-8") for room in rooms for file in room.rglob("*.py"))
    written = set(re.findall(r'"([a-z_.]+)"', code))
    kept = {
        key
        for key, _ in texts("fr")
        if key.startswith("web.") and key not in page.sentence_keys() and key not in written
    }
    # Refusals are named by their code: `web.too_fast`, `web.paper_damaged`.
    assert {k for k in kept if not _tails(k) & written} == set()


def _tails(key: str) -> set[str]:
    name = key.removeprefix("web.")
    return {name, name.removeprefix("paper_")}


def test_placeholders_are_the_same_in_both() -> None:
    def of(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    for key in page.sentence_keys():
        assert of(FRENCH[key]) == of(ARABIC[key]), key


def test_french_marks_keep_their_distance() -> None:
    for key, text in FRENCH.items():
        assert not re.search(r" [:;?!»]|« ", text), key
        assert not re.search(r"[^\s\u00a0\u202f][?!;]", text), key


def test_digits_are_western() -> None:
    assert not [key for key, text in ARABIC.items() if re.search(r"[\u0660-\u0669]", text)]


def test_the_sentences_cannot_end_the_element_they_stand_in() -> None:
    made = page._templates().from_string("{{ strings|tojson }}")
    text = made.render(strings={"fr": {"k": "</script><!-- é"}})
    assert "<" not in text
    assert json.loads(text) == {"fr": {"k": "</script><!-- é"}}
