"""The citizens' sentences: gettext catalogues by key, one for Arabic and one for French.

A key is a msgid (`ask.birth_date`), its text the msgstr. A missing key is an error, never shown:
keys are checked for parity by the tests, and this module raises instead of passing the key through.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from babel.support import Translations

from bot.answers.result import Language

DOMAIN = "citizen"


class MissingWordingError(KeyError):
    """wording.missing: a key that a catalogue does not hold, or catalogues that were never
    compiled."""


@cache
def _translations(language: Language) -> Translations:
    with as_file(files(__package__) / "catalogues") as folder:
        loaded = Translations.load(folder, [language], domain=DOMAIN)
    if not isinstance(loaded, Translations):
        raise MissingWordingError(f"wording.not_compiled: {language}/{DOMAIN}.mo; run make setup")
    return loaded


def wording(key: str, language: Language, channel: str, count: int | None = None) -> str:
    """The sentence of a key, in the wording made for the channel where there is one.

    `count` chooses the plural form of a counted sentence. Raises MissingWordingError.
    """
    found = _translations(language)
    if count is not None:
        special = found.unpgettext(channel, key, key, count)
        text = special if special != key else found.ungettext(key, key, count)
    else:
        special = found.upgettext(channel, key)
        text = special if special != key else found.ugettext(key)
    if text == key:
        raise MissingWordingError(f"wording.missing: {language}: {key}")
    return str(text)
