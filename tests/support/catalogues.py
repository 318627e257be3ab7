"""The citizens' catalogues as tests read them: every key with every text it has."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parents[2] / "bot/wording/catalogues"


def catalogue(language: str) -> Catalog:
    """The catalogue of a language, as it is written."""
    with (FOLDER / language / "LC_MESSAGES/citizen.po").open("rb") as source:
        return read_po(source, locale=language)


def key_of(message_id: str | tuple[str, ...] | list[str]) -> str:
    """The key of a message, counted or not."""
    return message_id if isinstance(message_id, str) else message_id[0]


def texts(language: str) -> list[tuple[str, str]]:
    """Every text of a language with its key, plural forms one by one."""
    found = []
    for message in catalogue(language):
        forms = (message.string,) if isinstance(message.string, str) else message.string or ()
        found += [(key_of(message.id), str(form)) for form in forms if message.id]
    return found
