"""Takes away the words that lead to a number ("mon numéro est", "رقم الملف")."""

from __future__ import annotations

from functools import cache

from bot.answers.words import key, table, without_fillers, words


@cache
def _leads(file: str) -> frozenset[str]:
    return frozenset(word for phrase in table(file)["leads"] for word in words(key(phrase)))


def other_words(text: str, file: str) -> list[str]:
    """The words that neither lead to a number, nor hold a digit, nor are small words."""
    left = without_fillers(key(text))
    return [w for w in left if w not in _leads(file) and not any(c.isdigit() for c in w)]
