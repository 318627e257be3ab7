"""The form as a PDF: read back, looked at, scanned; with the longest names, and hostile ones."""

from __future__ import annotations

import io
import re
import time
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import StreamObject

from bot.wording.receipt import Declared, sheet
from integrations.documents.receipt.press import Press, pictures, print_form, qr_code
from tests.support.receipts import (
    BIRTH,
    DETAILS,
    LONGEST,
    REFERENCE,
    birth,
    inked,
    scanned,
    text_of,
)

LARGEST = 100_000
SLOWEST_SECONDS = 0.050
MARGINS = ((0, 0, 0.06, 1), (0.94, 0, 1, 1))
LONG_WORDS = {
    "parents_address": "W" * 90,
    "father_birth_place": "ببببببب" * 12,
    "birth_place_name": "مستشفى الأمير مولاي عبد الله الجهوي للأمومة وطب الأطفال حديثي الولادة",
}
HOSTILE = (
    "#panic(1)",
    "*gras* _it_",
    "$x^2$ ]",
    '#{read("/etc/passwd")}',
    "\\ @ref <label> `raw` //",
    "{page} {pages}",
)


def printed(values: dict[str, Any] | None = None, *, trial: bool = True, **about: Any) -> bytes:
    return print_form(sheet(birth(values, **about), trial=trial))


def pages(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def test_fields_stand_in_the_order_of_the_act() -> None:
    text = text_of(printed(DETAILS))
    wanted = (
        "Version d'essai",
        "Pré-déclaration de naissance",
        "1000 0000 0025",
        "Bureau d'état civil à Témara",
        "mercredi 17 décembre 2025",
        "Ceci est une pré-déclaration",
        "lundi 17 novembre 2025",
        "26 joumada I 1447",
        "14:30",
        "masculin",
        "Ilyas",
        "Hassan",
        "Enseignant",
        "CNIE AD234511",
        "Zineb",
        "passeport XK1234567, France",
        "+212612345678",
        "Avis de naissance",
    )
    flat = re.sub(r"\s+", " ", text)
    places = [flat.find(re.sub(r"\s+", " ", each)) for each in wanted]
    assert -1 not in places, [w for w, p in zip(wanted, places, strict=True) if p < 0]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "name", ["إلياس", "آيت براهيم", "زينب", "العمراني", "تمارة", "مستشفى الأمل"]
)
def test_every_arabic_word_can_be_read_back(name: str) -> None:
    words = text_of(printed()).split()
    joined = "".join(words)
    assert all(word in joined for word in name.split())


def test_arabic_letters_join() -> None:
    """One letter at the beginning, in the middle, at the end and alone has four shapes."""
    with_all = printed({"child_given_name_ar": "ببب ب"})
    reader = PdfReader(io.BytesIO(with_all))
    maps = [_unicode_map(font) for page in reader.pages for font in _fonts(page)]
    assert max(len(re.findall(r"<[0-9A-Fa-f]{4}> <0628>", one)) for one in maps) >= 4


def test_marks_over_letters_stay_with_them() -> None:
    name = "مُحَمَّد"
    text = text_of(printed({"child_given_name_ar": name}))
    assert text.count("\u0651") >= 1
    assert text.count("\u064e") >= 2


def test_the_code_holds_the_digits_alone() -> None:
    assert scanned(qr_code(REFERENCE).matrix) == REFERENCE
    assert scanned(qr_code("412345678901").matrix) == "412345678901"


def test_the_code_stands_on_the_page() -> None:
    [page] = pictures(sheet(birth(), trial=False))
    assert inked(page, (0.80, 0.06, 0.92, 0.17))


@pytest.mark.parametrize("values", [{}, DETAILS, LONGEST | DETAILS, LONGEST | DETAILS | LONG_WORDS])
def test_nothing_reaches_into_the_margins(values: dict[str, Any]) -> None:
    for page in pictures(sheet(birth(values), trial=False)):
        assert not any(inked(page, margin) for margin in MARGINS)


def test_long_names_wrap_and_lose_no_letter() -> None:
    text = text_of(printed(LONGEST | DETAILS))
    for name in ("Benabdessalam", "Touhami", "Alaoui", "El-Amine"):
        assert text.count(name) >= 3
    flat = re.sub(r"\s", "", text)
    assert all(flat.count(part) >= 3 for part in ("التوهامي", "الوزاني", "الحسني"))


def test_an_ordinary_form_is_one_page_and_a_longer_one_has_numbers() -> None:
    assert pages(printed()) == 1
    assert "Page 1 sur" not in text_of(printed())
    long = printed(LONGEST | DETAILS)
    assert pages(long) == 2
    assert "Page 1 sur 2" in text_of(long)
    assert "Page 2 sur 2" in text_of(long)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_citizen_wrote_is_text_and_never_code(hostile: str) -> None:
    text = text_of(printed({"child_given_name_latin": hostile, "parents_address": hostile}))
    assert re.sub(r"\s", "", hostile) in re.sub(r"[\s\u200b]", "", text)


def test_signs_that_turn_a_line_round_are_left_out() -> None:
    text = text_of(printed({"child_given_name_latin": "Il\u202eyas\u2066\x00\n Amine"}))
    assert "Ilyas Amine" in text


def test_the_trial_is_told_and_only_there() -> None:
    assert "ESSAI" in text_of(printed(trial=True))
    real = text_of(printed(trial=False))
    assert "ESSAI" not in real
    assert "essai" not in real


def test_attached_papers_are_ticked() -> None:
    assert "copie jointe" not in text_of(printed())
    text = text_of(printed(attached=frozenset({"identity"})))
    assert re.search(r"CNIE – copie jointe", text)
    assert text.count("copie jointe") == 1


def test_it_is_an_archive_file_with_its_own_fonts_and_small() -> None:
    pdf = printed(LONGEST | DETAILS)
    assert len(pdf) < LARGEST
    reader = PdfReader(io.BytesIO(pdf))
    about = reader.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in about
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in _fonts(page)}
    assert fonts
    assert all("Amiri" in font for font in fonts)


def test_a_warm_press_is_quick() -> None:
    printed()
    times = []
    for number in range(8):
        began = time.process_time()
        printed(DETAILS | {"child_given_name_latin": f"Ilyas {number}"})
        times.append(time.process_time() - began)
    assert min(times) < SLOWEST_SECONDS


async def test_the_press_prints_in_a_thread_of_its_own() -> None:
    made = await Press().pdf(sheet(birth(), trial=True))
    assert made.startswith(b"%PDF-")


@pytest.mark.parametrize("kind", ["declare_death", "declare_marriage", "declare_divorce"])
def test_other_events_fit_the_same_form(kind: str) -> None:
    values = {
        "deceased_given_name_latin": "Fatima",
        "deceased_given_name_ar": "فاطمة",
        "death_commune": BIRTH["birth_commune"],
        "husband_given_name_latin": "Hassan",
        "husband_given_name_ar": "حسن",
        "declarant_capacity": "spouse",
        "declarant_spouse": "husband",
    }
    declared = Declared(kind, f"2{REFERENCE[1:]}", values, None, date(2025, 11, 21))
    text = text_of(print_form(sheet(declared, trial=True)))
    latin, arabic = ("Fatima", "فاطمة") if kind == "declare_death" else ("Hassan", "حسن")
    assert latin in text
    assert arabic in re.sub(r"\s", "", text)


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def _unicode_map(font: Any) -> str:
    stream = font.get("/ToUnicode")
    assert stream is not None
    found: StreamObject = stream.get_object()
    return found.get_data().decode("latin-1")
