"""The language of somebody who has not said a word yet."""

from __future__ import annotations

from starlette.requests import Request

from bot.answers.result import Language

COOKIE = "hala_lang"
_SPOKEN: dict[str, Language] = {"ar": "ar", "fr": "fr", "ary": "ar"}


def preferred_language(request: Request) -> Language:
    """What was chosen before, else what the browser asks for, else Arabic."""
    chosen = _SPOKEN.get(request.cookies.get(COOKIE, ""))
    return chosen or _asked_for(request.headers.get("accept-language", ""))


def _asked_for(header: str) -> Language:
    """The language of an Accept-Language header that weighs most; the first of equals."""
    best: Language = "ar"
    most = 0.0
    for choice in header.lower().split(","):
        tag, _, weight = choice.replace(" ", "").partition(";q=")
        spoken = _SPOKEN.get(tag.partition("-")[0])
        if spoken and _weight(weight) > most:
            best, most = spoken, _weight(weight)
    return best


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0
