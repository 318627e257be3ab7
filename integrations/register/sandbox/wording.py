"""What people read here: gettext domain `register`, Arabic and French."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, translation
from pathlib import Path

CATALOGUES = Path(__file__).with_name("catalogues")
LANGUAGES = ("ar", "fr")


class MissingWordingError(KeyError):
    """A key that the catalogue does not hold."""


def wording(key: str, language: str, **values: str) -> str:
    """The sentence of a key."""
    text = _catalogue(language).gettext(key)
    if text == key:
        raise MissingWordingError(key)
    return text.format(**values)


@cache
def _catalogue(language: str) -> GNUTranslations:
    found = translation("register", CATALOGUES, [language])
    assert isinstance(found, GNUTranslations)
    return found
