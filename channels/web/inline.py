"""How a sentence written for every channel looks inside a web page.

French gets the spaces and quotes of print; sites we vouch for become links; what reads from left to
right (sites, telephone and law numbers, dates) is isolated, because an Arabic line would turn it.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from bot.answers.result import Language

# Sites that a sentence may send people to; any other address stays plain text.
KNOWN_SITES = ("alhalalmadania.ma", "chikaya.ma", "watiqa.ma")

_NO_BREAK, _NARROW = "\u00a0", "\u202f"
_KNOWN = "|".join(re.escape(site) for site in KNOWN_SITES)
_TOKEN = re.compile(
    rf"""(?<![\w/@.+-])(?:
        (?P<site>(?:https?://)?(?:www\.)?(?:{_KNOWN})(?:/[\w/-]*)?)
        | (?P<other>(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{{2,}}(?:/[\w/-]*)?)
        | \d{{1,2}}/\d{{1,2}}/\d{{4}}                  # a date
        | \+?\d(?:[ .-]?\d){{6,}}                      # a telephone number
        | \d{{1,2}}[-.]\d{{2,3}}(?:[-.]\d{{1,3}})?     # a law: 37-99, 2-99-665
        | [A-Z]+/\d+                                   # a circular: D/756
    )(?![\w/@-]|\.\w)""",
    re.VERBOSE | re.ASCII,
)
_FRENCH = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"\s*:(?=\s|$)"), f"{_NO_BREAK}:"),
    (re.compile(r"(?<=\S)\s*([;!?])(?=\s|$|»)"), rf"{_NARROW}\1"),
    (re.compile(r"«\s*"), f"«{_NO_BREAK}"),
    (re.compile(r"\s*»"), f"{_NO_BREAK}»"),
    (re.compile(r"(?<=\d) (?=(?:DH|jours?|mois|ans?)\b)"), _NO_BREAK),
)
_ARABIC = ((re.compile(r"(?<=\d) (?=درهم|يوم|أيام|أشهر|سن)"), _NO_BREAK),)


def typography(text: str, language: Language) -> str:
    """The text as print wants it: French spaces and quotes, numbers that stay with their unit."""
    for pattern, wanted in _FRENCH if language == "fr" else _ARABIC:
        text = pattern.sub(wanted, text)
    return text


def marked(text: str, language: Language) -> Markup:
    """The text as safe HTML, with links and isolates. What it holds of HTML is shown, not run."""
    printed = typography(text, language)
    parts, end = [], 0
    for found in _TOKEN.finditer(printed):
        parts += [escape(printed[end : found.start()]), _token(found)]
        end = found.end()
    return Markup("").join([*parts, escape(printed[end:])])


def _token(found: re.Match[str]) -> Markup:
    shown = found.group()
    isolated = Markup('<bdi dir="ltr">{}</bdi>').format(shown)
    if not found["site"]:
        return isolated
    address = shown if shown.startswith(("http://", "https://")) else f"https://{shown}"
    return Markup('<a href="{}" rel="noopener">{}</a>').format(address, isolated)
