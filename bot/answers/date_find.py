"""Finds what a text says of dates, without yet deciding which day is meant."""

from __future__ import annotations

import re
from collections.abc import Collection

from rapidfuzz import fuzz, process

from bot.answers.date_digits import Kind, Mention, Reading, durations, numeric
from bot.answers.date_words import Phrases, date_words
from bot.answers.numbers import spoken
from bot.answers.words import key

LONGEST_PHRASE = 5
SHORTEST_MENDED = 5  # letters; shorter words are too like each other
ALIKE = 84.0
_TOKEN = re.compile(r"\d+(?:er)?(?!\w)|\d+(?=[^\W\d_])|[^\W_]+")
_ORDINAL = re.compile(r"\d+er")


def read(text: str) -> Reading:
    """Everything a text says of dates, in order of certainty: digits, durations, then words."""
    reading = Reading()
    left = durations(key(text), reading)
    left = date_words().times.sub(" ", left)
    left = numeric(left, reading)
    _Scan(_mended(_tokens(left), reading), reading).run()
    return reading


def _mended(tokens: list[str], reading: Reading) -> list[str]:
    """Words that are nearly a month (beside a number) or a weekday become it: "3 novmbre"."""
    if reading.mentions:
        return tokens
    known = date_words()
    targets = [*known.weekdays]
    if any(token.isdecimal() for token in tokens):
        targets += known.months
    names = [name[0] for name in targets if len(name) == 1 and len(name[0]) >= SHORTEST_MENDED]
    return [_nearest(token, names) if len(token) >= SHORTEST_MENDED else token for token in tokens]


def _nearest(token: str, names: list[str]) -> str:
    near = process.extractOne(token, names, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return near[0] if near else token


def _tokens(text: str) -> list[str]:
    """Words; digits stuck to a month come apart ("3nonbir"), Arabizi words do not ("jem3a")."""
    tokens: list[str] = []
    for token in _TOKEN.findall(text):
        tokens.append(token[:-2] if _ORDINAL.fullmatch(token) else token)
    return _glue_arabizi(tokens, text)


def _glue_arabizi(tokens: list[str], text: str) -> list[str]:
    known = date_words()
    glued: list[str] = []
    for token in tokens:
        whole = glued and glued[-1].isdecimal() and f"{glued[-1]}{token}" in text
        if whole and (token,) not in known.months:
            token = glued.pop() + token
        glued.append(token)
    return glued


class _Scan:
    """Walks the words once, longest phrases first, and keeps what nobody claims."""

    def __init__(self, tokens: list[str], reading: Reading) -> None:
        self.tokens, self.reading, self.free = tokens, reading, [True] * len(tokens)

    def run(self) -> None:
        """Read months with their day and year, then days in words; what is left goes to `rest`."""
        for at in range(len(self.tokens)):
            self._month_at(at)
        for at in range(len(self.tokens)):
            if self.free[at]:
                self._day_at(at)
        known = date_words()
        for token, free in zip(self.tokens, self.free, strict=True):
            if free and token in known.about:
                self.reading.about = True
            elif free:
                self.reading.rest.append(token)

    def _phrase(self, at: int, phrases: Phrases) -> tuple[int, int] | None:
        """The value of the longest phrase that starts here, and where it ends."""
        for end in range(min(at + LONGEST_PHRASE, len(self.tokens)), at, -1):
            value = phrases.get(tuple(self.tokens[at:end]))
            if value is not None and all(self.free[at:end]):
                return value, end
        return None

    def _month_at(self, at: int) -> None:
        known = date_words()
        for hijri, phrases in ((True, known.hijri_months), (False, known.months)):
            found = self._phrase(at, phrases)
            if found:
                self._calendar(at, found[1], found[0], hijri)
                return
        if self.tokens[at] in known.month and self.free[at] and at + 1 < len(self.tokens):
            number = self.tokens[at + 1]
            if number.isdecimal() and 1 <= int(number) <= 12:
                self._calendar(at, at + 2, int(number), hijri=False)

    def _calendar(self, at: int, end: int, month: int, hijri: bool) -> None:
        known = date_words()
        start, day = self._number_before(self._skip(at, -1, known.of))
        year_at = self._skip(end - 1, 1, known.year)
        if day is None and self._day_follows(year_at):  # "november 3, 2025", "نونبر 3"
            start, day, year_at = at, int(self.tokens[year_at]), year_at + 1
            end = year_at
        year = self._year(year_at)
        first = at if day is None else start
        last = end if year is None else year_at + 1
        self.free[first:last] = [False] * (last - first)
        short = year is not None and len(self.tokens[year_at]) == len("25")
        self.reading.mentions.append(Mention("calendar", day, month, year, hijri, 0, short))

    def _day_follows(self, at: int) -> bool:
        if at >= len(self.tokens) or not self.free[at] or not self.tokens[at].isdecimal():
            return False
        full_year = at + 1 < len(self.tokens) and re.fullmatch(r"\d{4}", self.tokens[at + 1])
        return len(self.tokens[at]) == 1 or (len(self.tokens[at]) == 2 and bool(full_year))

    def _skip(self, at: int, step: int, joins: Collection[str]) -> int:
        at += step
        while 0 <= at < len(self.tokens) and self.tokens[at] in joins and self.free[at]:
            at += step
        return at

    def _number_before(self, end: int) -> tuple[int, int | None]:
        """The number of days whose last word stands here: `21`, `vingt et un`, `واحد وعشرين`."""
        if end < 0 or not self.free[end]:
            return end, None
        if self.tokens[end].isdecimal():
            return end, int(self.tokens[end]) if len(self.tokens[end]) <= 2 else None
        for start in range(max(0, end - 2), end + 1):
            number = spoken().get(" ".join(self.tokens[start : end + 1]))
            if number is not None and all(self.free[start : end + 1]):
                return start, number
        return end, None

    def _year(self, at: int) -> int | None:
        if at < len(self.tokens) and self.free[at] and self.tokens[at].isdecimal():
            return int(self.tokens[at]) if len(self.tokens[at]) in (2, 4) else None
        return None

    def _day_at(self, at: int) -> None:
        known = date_words()
        for kind, phrases in (
            ("vague", known.vague),
            ("future", known.future),
            ("ago", known.relative),
            ("weekday", known.weekdays),
        ):
            found = self._phrase(at, phrases)
            if found:
                self._claim(kind, at, *found)  # type: ignore[arg-type]
                return

    def _claim(self, kind: Kind, at: int, value: int, end: int) -> None:
        known = date_words()
        last = None
        if kind == "weekday":
            last, coming = self._phrase(end, known.last), self._phrase(end, known.next)
            end = (last or coming or (0, end))[1]
            kind = "future" if coming else kind
        self.free[at:end] = [False] * (end - at)
        self.reading.mentions.append(Mention(kind, number=value, last=bool(last)))
