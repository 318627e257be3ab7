"""Cuts Moroccan text into words a model can compare, and finds the lookup entries among them.

Free of Rasa on purpose: what decides where an entity may begin and end is tested in any
environment. Offsets always refer to the text that came in; only the comparison key is folded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, FrozenSet, Iterable, List, Mapping, Set, Tuple

from bot.language import fold

# Letters keep their marks and joiners: harakat are no letters to `re` and would cut a name in two.
_MARKS = "\u0300-\u036f\u0640\u064b-\u065f\u0670\u200b-\u200f"
_WORD = re.compile(
    r"\d+(?:[/.:-]\d+)+"  # 3/11/25, 10:30
    rf"|[^\W_][\w{_MARKS}]*"
    r"|[^\s\w]"  # a comma or a question mark is a word: it ends a name, it makes a question
)
_ARABIC = re.compile("[\u0621-\u064a]")
# "ف" and "ب" (in), "ل" (to), "و" (and) are written onto the next word; f, b, l, w in Arabizi.
_CLITICS = {"ف", "ب", "ل", "و", "f", "b", "l", "w"}
_SHORTEST_STEM = 3
_SHORTEST_LATIN_STEM = 4
# Behind a Latin clitic only these lookups count: "fait" is no "f" before the commune "Ait …".
_LATIN_STEMS = {"city", "facility"}
_LONGEST_ENTRY = 5


@dataclass
class Word:
    """One word: its span in the text, its comparison key, and the lookups it takes part in."""

    start: int
    end: int
    key: str
    lookups: Set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Match:
    """A run of words that is an entry of a lookup: words[first] to words[last], both included."""

    lookup: str
    first: int
    last: int


@dataclass(frozen=True)
class Lexicon:
    """Lookup entries by folded key, and the single words that may follow a clitic."""

    entries: Mapping[str, FrozenSet[str]]
    stems: FrozenSet[str]

    @classmethod
    def build(cls, lookups: Mapping[str, Iterable[str]], words: Iterable[str] = ()) -> "Lexicon":
        """From lookup name -> entries. `words`: further words that are seen to follow a clitic."""
        entries: Dict[str, Set[str]] = {}
        stems = {form for word in words for form in _forms(_key(word))}
        for name, texts in lookups.items():
            for text in texts:
                keys = [word.key for word in _plain_words(text)]
                entries.setdefault(" ".join(keys), set()).add(name)
                if _ARABIC.match(keys[0]) or name in _LATIN_STEMS:
                    stems.update(_forms(keys[0]))
        frozen = {key: frozenset(names) for key, names in entries.items()}
        return cls(frozen, frozenset(stem for stem in stems if _is_long_enough(stem)))

    def dump(self) -> Dict[str, object]:
        """JSON; `load` is its inverse."""
        entries = {key: sorted(names) for key, names in sorted(self.entries.items())}
        return {"entries": entries, "stems": sorted(self.stems)}

    @classmethod
    def load(cls, data: Mapping[str, object]) -> "Lexicon":
        """Inverse of `dump`."""
        entries, stems = data["entries"], data["stems"]
        assert isinstance(entries, dict)
        assert isinstance(stems, list)
        return cls({key: frozenset(names) for key, names in entries.items()}, frozenset(stems))


EMPTY = Lexicon({}, frozenset())


def cut(text: str, lexicon: Lexicon) -> List[Word]:
    """The words of a text, clitics apart where the rest is a known word, lookups marked."""
    words: List[Word] = []
    for word in _plain_words(text):
        words.extend(_apart(text, word, lexicon.stems))
    for match in find(words, lexicon):
        for position in range(match.first, match.last + 1):
            edge = "first" if position == match.first else "next"
            words[position].lookups.add(f"{match.lookup}:{edge}")
    return words


def find(words: List[Word], lexicon: Lexicon) -> List[Match]:
    """The longest lookup entries, left to right; one lookup never overlaps itself."""
    matches: List[Match] = []
    taken: Dict[str, int] = {}
    for first in range(len(words)):
        for last in range(min(first + _LONGEST_ENTRY, len(words)) - 1, first - 1, -1):
            key = " ".join(word.key for word in words[first : last + 1])
            for name in sorted(lexicon.entries.get(key, ())):
                if first >= taken.get(name, 0):
                    taken[name] = last + 1
                    matches.append(Match(name, first, last))
    return matches


def _plain_words(text: str) -> List[Word]:
    return [Word(m.start(), m.end(), _key(m.group())) for m in _WORD.finditer(text)]


def _is_long_enough(stem: str) -> bool:
    return len(stem) >= (_SHORTEST_STEM if _ARABIC.match(stem) else _SHORTEST_LATIN_STEM)


def _forms(key: str) -> Set[str]:
    """The key, and how it looks behind "ل" (للرباط) and without the article (فرباط)."""
    return {key, key[1:], key[2:]} if key.startswith("ال") else {key}


def _key(text: str) -> str:
    return fold(text) or text.lower()


def _apart(text: str, word: Word, stems: FrozenSet[str]) -> Tuple[Word, ...]:
    """The word as it is, or its clitic and the known word behind it ("و" before another: three)."""
    written = text[word.start : word.end]
    if word.key in stems or written[0].lower() not in _CLITICS:
        return (word,)
    clitic = Word(word.start, word.start + 1, written[0].lower(), {"clitic"})
    rest = Word(word.start + 1, word.end, _key(written[1:]))
    if rest.key in stems or (_ARABIC.match(written) and written[1:2].isdigit()):
        return (clitic, rest)
    further = _apart(text, rest, stems) if written[0] == "و" and len(written) > 2 else (rest,)
    return (clitic, *further) if len(further) > 1 else (word,)
