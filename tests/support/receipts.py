"""Declarations as their forms are made of them, and what a form holds."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from PIL import Image
from pypdf import PdfReader

from bot.wording.receipt import Declared

REFERENCE = "100000000025"
TEMARA = "04.501.01.07"
BIRTH: dict[str, Any] = {
    "birth_commune": TEMARA,
    "birth_date": "2025-11-17",
    "birth_place_kind": "hospital",
    "birth_place_name": "مستشفى الأمل",
    "child_sex": "male",
    "child_given_name_ar": "إلياس",
    "child_given_name_latin": "Ilyas",
    "child_family_name_ar": "آيت براهيم",
    "child_family_name_latin": "Ait Brahim",
    "declarant_capacity": "father",
    "declarant_cnie": {"kind": "cnie", "number": "AD234511", "country": None},
    "father_known": True,
    "father_given_name_ar": "حسن",
    "father_given_name_latin": "Hassan",
    "father_family_name_ar": "آيت براهيم",
    "father_family_name_latin": "Ait Brahim",
    "mother_given_name_ar": "زينب",
    "mother_given_name_latin": "Zineb",
    "mother_family_name_ar": "العمراني",
    "mother_family_name_latin": "Amrani",
}
DETAILS: dict[str, Any] = {
    "birth_time": "14:30",
    "multiple_birth_rank": "first",
    "father_birth_date": "1988-04-12",
    "father_birth_place": "Rabat",
    "mother_birth_date": "1990",
    "mother_birth_place": "سلا",
    "parents_address": "حي السلام، زنقة 12، رقم 4، تمارة",
    "declarant_profession": "Enseignant",
    "mother_cnie": {"kind": "passport", "number": "XK1234567", "country": "FR"},
    "contact_phone": "+212612345678",
    "marriage_act_reference": "45/2019 محكمة تمارة",
}
_GIVEN = {"ar": "مُحَمَّد عبد الرحمان الأمين", "latin": "Mohammed Abderrahmane El-Amine"}
_FAMILY = {
    "ar": "بنعبد السلام الإدريسي الوزاني الحسني التوهامي العلوي",
    "latin": "Benabdessalam El Idrissi El Ouazzani El Hassani Touhami Alaoui",
}
LONGEST: dict[str, Any] = {
    f"{who}_{part}_name_{script}": name
    for who in ("child", "father", "mother")
    for part, names in (("given", _GIVEN), ("family", _FAMILY))
    for script, name in names.items()
}


def birth(values: dict[str, Any] | None = None, **about: Any) -> Declared:
    """A birth that was sent, with these values beside the usual ones."""
    known = {"last_day": date(2025, 12, 17), "sent_on": date(2025, 11, 21), **about}
    return Declared("declare_birth", REFERENCE, BIRTH | (values or {}), **known)


def text_of(pdf: bytes) -> str:
    """What can be copied out of a form, page after page."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def inked(picture: bytes, box: tuple[float, float, float, float]) -> bool:
    """Whether anything stands in a part of a page; the box in shares of its width and height."""
    with Image.open(io.BytesIO(picture)) as page:
        grey = page.convert("L")
    width, height = grey.size
    left, top, right, bottom = box
    part = grey.crop(
        (int(left * width), int(top * height), int(right * width), int(bottom * height))
    )
    darkest, _ = part.getextrema()
    return bool(darkest < 200)  # type: ignore[operator]


def scanned(matrix: Sequence[Sequence[int]]) -> str:
    """What a scanner reads in a small QR code of digits: the mask undone, the bits read in their
    zigzag, groups of three digits. Without repair: every module must be right."""
    size = len(matrix)
    assert size == 21, "version 1"
    bits = _bits(matrix, _mask(matrix))
    assert _number(bits, 0, 4) == 1, "digits"
    count, at, digits = _number(bits, 4, 10), 14, ""
    while len(digits) < count:
        group = min(3, count - len(digits))
        width = {3: 10, 2: 7, 1: 4}[group]
        digits += f"{_number(bits, at, width):0{group}d}"
        at += width
    return digits


MASKS = (
    lambda r, c: (r + c) % 2,
    lambda r, c: r % 2,
    lambda r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)


def _mask(matrix: Sequence[Sequence[int]]) -> int:
    told = [matrix[8][column] for column in (2, 3, 4)]
    return (told[0] << 2 | told[1] << 1 | told[2]) ^ 0b101


def _bits(matrix: Sequence[Sequence[int]], mask: int) -> list[int]:
    size, found, upward = len(matrix), [], True
    for right in (20, 18, 16, 14, 12, 10, 8, 5, 3, 1):
        rows = range(size - 1, -1, -1) if upward else range(size)
        for row in rows:
            for column in (right, right - 1):
                if not _is_fixed(row, column):
                    found.append(matrix[row][column] ^ (MASKS[mask](row, column) == 0))
        upward = not upward
    return found


def _is_fixed(row: int, column: int) -> bool:
    corner = (row < 9 and column < 9) or (row < 9 and column > 12) or (row > 12 and column < 9)
    return corner or row == 6 or column == 6


def _number(bits: list[int], at: int, width: int) -> int:
    return int("".join(map(str, bits[at : at + width])), 2)
