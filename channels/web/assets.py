"""The chat's modules, style and icon: under one name for all of them, kept by browsers for a year.

The name follows their content, so a new release is a new address and modules of two releases never
meet on one page.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from channels.web.headers import CROSS_ORIGIN, GUARDS
from channels.web.prepared import Prepared

FOLDER = Path(__file__).parent / "static"
STYLE = "chat.css"
WIDGET = "widget.js"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
SHORT = {"Cache-Control": "public, max-age=3600"}


def modules() -> tuple[str, ...]:
    """The names of the page's modules."""
    return tuple(sorted(file.name for file in FOLDER.glob("*.js") if file.name != WIDGET))


@cache
def texts() -> dict[str, str]:
    """Every file of the page by its name."""
    names = (*modules(), STYLE, "icon.svg")
    return {name: (FOLDER / name).read_text("utf-8") for name in names}


@cache
def version() -> str:
    """Changes when any file does."""
    digest = sha256()
    for name, text in sorted(texts().items()):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:16]


def address() -> str:
    """Where the files of this version are."""
    return f"/web/{version()}"


def prepared() -> dict[str, Prepared]:
    """The files by name, ready to be given away."""
    headers = GUARDS | FOREVER
    return {n: Prepared(t, TYPES[Path(n).suffix], headers) for n, t in texts().items()}


def widget(words: str) -> Prepared:
    """The script that other sites include, with its own words (JSON) in it."""
    text = (FOLDER / WIDGET).read_text("utf-8").replace("HALA_WORDS", words, 1)
    return Prepared(text, TYPES[".js"], GUARDS | SHORT | CROSS_ORIGIN)
