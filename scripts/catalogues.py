"""Compiles the gettext catalogues: Babel reads .mo, people edit .po."""

from __future__ import annotations

from pathlib import Path

from scripts.environments import APP
from scripts.steps import CHECKOUT, newer, run, say

FOLDERS = (
    CHECKOUT / "bot" / "wording" / "catalogues",
    CHECKOUT / "integrations" / "register" / "sandbox" / "catalogues",
)


def stale(folder: Path) -> list[Path]:
    """The .po files of a folder whose .mo is missing or older."""
    catalogues = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    return [file for file in catalogues if newer([file], file.with_suffix(".mo"))]


def compile_all() -> None:
    """Compile each stale catalogue; a faulty one stops setup and names its file."""
    for catalogue in (file for folder in FOLDERS for file in stale(folder)):
        say(f"compiling {catalogue.relative_to(CHECKOUT)}")
        locale = catalogue.parents[1].name
        babel = [str(APP / "bin" / "python"), "-m", "babel.messages.frontend", "compile"]
        paths = ["-i", str(catalogue), "-o", str(catalogue.with_suffix(".mo"))]
        run("catalogues", [*babel, *paths, "-l", locale])
