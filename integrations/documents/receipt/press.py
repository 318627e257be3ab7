"""Prints the form: a template, its words as JSON, out comes a PDF that archives accept (PDF/A-2b).

Setting a page keeps one core busy for some ten milliseconds and the compiler is one object with its
caches: a thread of its own does it, one form after the other.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Literal

import orjson
import segno
import typst

from bot.wording.receipt import Sheet

STANDARD: Literal["a-2b"] = "a-2b"
FONTS = "fontpkg_amiri"  # Latin letters too: one family for the whole page
GROUP = 4
QUIET_ZONE = 2  # modules; the page around it is white too


class Press:
    """Prints forms. One per process."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="receipts")

    async def pdf(self, sheet: Sheet) -> bytes:
        """The form as a PDF."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, print_form, sheet)


def print_form(sheet: Sheet) -> bytes:
    """The form as a PDF, here and now. Not for two threads at once."""
    printed = _compiler().compile(
        format="pdf", sys_inputs=_inputs(sheet), pdf_standards=STANDARD, pdf_tags=False
    )
    return _whole(printed)


def pictures(sheet: Sheet, ppi: float = 110.0) -> list[bytes]:
    """The pages as PNG, to look at."""
    shown = _compiler().compile(format="png", ppi=ppi, sys_inputs=_inputs(sheet))
    return shown if isinstance(shown, list) else [_whole(shown)]


def qr_code(reference: str) -> segno.QRCode:
    """What a scanner at the counter reads: the digits of the reference, nothing else."""
    return segno.make_qr(reference, error="m")


def _inputs(sheet: Sheet) -> dict[str, str]:
    digits = sheet.reference
    content: Mapping[str, Any] = asdict(sheet) | {
        "groups": [digits[at : at + GROUP] for at in range(0, len(digits), GROUP)],
        "qr": _svg(digits),
    }
    return {"data": orjson.dumps(content).decode()}


def _svg(digits: str) -> str:
    out = io.BytesIO()
    qr_code(digits).save(out, kind="svg", border=QUIET_ZONE, xmldecl=False, svgns=True)
    return out.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    template, fonts = files(__package__) / "receipt.typ", files(FONTS) / "files"
    with as_file(template) as main, as_file(fonts) as folder:
        return typst.Compiler(main, font_paths=[folder], ignore_system_fonts=True)


def _whole(made: object) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError(f"receipt.not_one_file: {type(made).__name__}")
    return made
