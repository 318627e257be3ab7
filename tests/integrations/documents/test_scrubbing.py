"""What of a citizen's file is kept, and which files are not taken."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pikepdf
import pytest
from PIL import Image

from integrations.documents.apart import Scrubber
from integrations.documents.images import LONGEST_SIDE
from integrations.documents.pdf import MOST_PAGES
from integrations.documents.refusal import CODES, RefusedDocumentError
from integrations.documents.scrubbing import LARGEST_FILE, scrub
from tests.support import papers

PDF = papers.pdf()
JPEG = papers.picture()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_comes_out_as_a_jpeg(kind: str) -> None:
    done = scrub(papers.picture(kind))
    assert done.media_type == "image/jpeg"
    assert (opened(done.content).format, opened(done.content).size) == ("JPEG", (640, 480))


def test_a_photo_forgets_where_it_was_taken_and_stands_upright() -> None:
    before = papers.photo_with_place()
    assert opened(before).getexif()
    assert papers.GPS_WORDS in before
    done = opened(scrub(before).content)
    assert not done.getexif()
    assert "comment" not in done.info
    assert done.size == (480, 640)
    assert papers.GPS_WORDS not in scrub(before).content


def test_a_large_photo_is_made_smaller_and_keeps_its_shape() -> None:
    done = opened(scrub(papers.picture(size=(4000, 3000), quality=40)).content)
    assert done.size == (LONGEST_SIDE, LONGEST_SIDE * 3 // 4)


def test_what_is_transparent_becomes_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(written, "PNG")
    assert opened(scrub(written.getvalue()).content).getpixel((4, 4)) == (255, 255, 255)


def test_a_scan_of_sixteen_bits_keeps_its_greys() -> None:
    written = io.BytesIO()
    Image.new("I;16", (8, 8), 128 * 256).save(written, "PNG")
    assert opened(scrub(written.getvalue()).content).getpixel((4, 4)) == (128, 128, 128)


def test_what_is_appended_to_a_photo_or_a_pdf_is_gone() -> None:
    for content in (JPEG, papers.picture("PNG"), papers.picture("WEBP"), PDF):
        done = scrub(content + papers.archive()).content
        assert b"PK\x03\x04" not in done
        assert papers.EXE not in done


def test_a_pdf_keeps_its_pages_and_forgets_who_made_it() -> None:
    done = scrub(papers.pdf(papers.telling, pages=2))
    assert done.media_type == "application/pdf"
    with pikepdf.open(io.BytesIO(done.content)) as kept:
        assert len(kept.pages) == 2
        assert not kept.docinfo.keys()
        assert not {"/Metadata", "/PieceInfo"} & set(kept.Root.keys())
        assert not list(kept.pages[0].obj.Annots)
        images = kept.pages[0].obj.Resources.XObject
        for image in (images.P, images.Q):
            assert opened(image.read_raw_bytes()).size == (640, 480)
            assert papers.GPS_WORDS not in image.read_raw_bytes()
        everything = b"".join(each.unparse(resolved=True) for each in kept.objects)
    assert papers.GPS_WORDS not in done.content + everything


def test_what_would_lead_an_officer_elsewhere_is_gone() -> None:
    done = scrub(papers.pdf(papers.leading_away))
    with pikepdf.open(io.BytesIO(done.content)) as kept:
        assert [str(note.Subtype) for note in kept.pages[0].obj.Annots] == ["/Square", "/Stamp"]
        everything = b"".join(each.unparse(resolved=True) for each in kept.objects)
    assert b"canari" not in everything


def test_a_page_of_some_megabytes_is_taken() -> None:
    assert scrub(papers.pdf(papers.thick_page(50), **AS_IT_IS)).media_type == "application/pdf"


def test_a_document_of_an_office_programme_is_taken() -> None:
    def goes_to_its_first_page(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])

    with pikepdf.open(io.BytesIO(scrub(papers.pdf(goes_to_its_first_page)).content)) as kept:
        assert "/OpenAction" not in kept.Root


ENCRYPTED = papers.pdf(encryption=pikepdf.Encryption(owner="o", user=""))
LOCKED = papers.pdf(encryption=pikepdf.Encryption(owner="o", user="secret"))
AS_IT_IS = {"stream_decode_level": pikepdf.StreamDecodeLevel.none, "compress_streams": False}
THICK = papers.pdf(papers.thick_page(300), **AS_IT_IS)
REFUSED = {
    "nothing": (b"", "empty"),
    "six megabytes": (JPEG + b"\0" * (6 * 1024 * 1024), "too_large"),
    "a program called a photo": (papers.EXE, "not_a_document"),
    "a program before a PDF": (papers.EXE + PDF, "not_a_document"),
    "an archive": (papers.archive(), "not_a_document"),
    "an archive before a PDF": (papers.archive() + PDF, "not_a_document"),
    "a drawing with script": (b"<svg onload='alert(1)' xmlns='x'/>", "not_a_document"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "not_a_document"),
    "words": ("عقد الزواج".encode(), "not_a_document"),
    "a GIF": (papers.picture("GIF"), "not_a_document"),
    "a photo of an iPhone": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "unsupported_heic"),
    "half a photo": (JPEG[: len(JPEG) // 2], "damaged"),
    "a photo's beginning alone": (b"\xff\xd8\xff\xe0", "damaged"),
    "a page called a photo": (b"\xff\xd8\xff<script>alert(1)</script>", "damaged"),
    "half a drawing": (papers.picture("PNG")[:2000], "damaged"),
    "no WebP": (b"RIFF\x10\0\0\0WEBPnothing", "damaged"),
    "too many points": (papers.bomb(), "too_many_pixels"),
    "a PDF's beginning alone": (b"%PDF-1.7\n", "damaged"),
    "a PDF without pages": (papers.pdf(pages=0), "damaged"),
    "a thick PDF": (papers.pdf(pages=MOST_PAGES + 1), "too_many_pages"),
    "a PDF that unpacks to much more": (THICK, "too_many_pixels"),
    "a PDF packed twice": (papers.pdf(papers.thick_page(1, 2), **AS_IT_IS), "damaged"),
    "an encrypted PDF": (ENCRYPTED, "encrypted"),
    "a PDF with a password": (LOCKED, "encrypted"),
    "a PDF with script": (papers.pdf(papers.script), "active_content"),
    "a PDF with script deep inside": (papers.pdf(papers.hidden_script), "active_content"),
    "a PDF that starts a program": (papers.pdf(papers.orphan_launch), "active_content"),
    "a PDF with a file inside": (papers.pdf(papers.embedded_file), "active_content"),
    "script under another spelling": (
        papers.pdf(papers.script, object_stream_mode=pikepdf.ObjectStreamMode.disable).replace(
            b"/JavaScript", b"/J#61vaScript"
        ),
        "active_content",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken(name: str) -> None:
    content, code = REFUSED[name]
    with pytest.raises(RefusedDocumentError) as refused:
        scrub(content)
    assert refused.value.code == code


def test_every_refusal_is_met_here() -> None:
    assert {code for _, code in REFUSED.values()} == CODES


def test_a_thick_pdf_at_the_limit_is_taken() -> None:
    assert scrub(papers.pdf(pages=MOST_PAGES)).media_type == "application/pdf"


@pytest.mark.parametrize("name", ["Action", "Key"])
def test_every_forbidden_action_is_refused(name: str) -> None:
    from integrations.documents.pdf import ACTIVE_ACTIONS, ACTIVE_ANNOTATIONS, ACTIVE_KEYS

    made = {"Action": ACTIVE_ACTIONS, "Key": ACTIVE_KEYS}[name]
    dictionaries = [
        {"/S": pikepdf.Name(each)} if name == "Action" else {each: pikepdf.String("x")}
        for each in made
    ] + [{"/Subtype": pikepdf.Name(each)} for each in ACTIVE_ANNOTATIONS]
    for each in dictionaries:

        def hide(made: pikepdf.Pdf, each: dict[str, Any] = each) -> None:
            made.pages[0].obj.Deep = pikepdf.Array(
                [pikepdf.Dictionary(In=pikepdf.Dictionary(each))]
            )

        with pytest.raises(RefusedDocumentError, match="active_content"):
            scrub(papers.pdf(hide))


async def test_a_process_of_its_own_does_the_same() -> None:
    scrubber = Scrubber()
    assert await scrubber.scrub(JPEG) == scrub(JPEG)
    assert (await scrubber.scrub(PDF)).media_type == "application/pdf"
    for name in ("nothing", "six megabytes", "half a photo", "a PDF with script"):
        content, code = REFUSED[name]
        with pytest.raises(RefusedDocumentError, match=code):
            await scrubber.scrub(content)


async def test_a_pdf_that_unpacks_to_gigabytes_ends_its_own_process_only() -> None:
    content = papers.unpacking_pdf()
    assert len(content) <= LARGEST_FILE
    with pytest.raises(RefusedDocumentError, match="damaged"):
        await Scrubber().scrub(content)


async def test_a_file_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(RefusedDocumentError, match="damaged"):
        await Scrubber(patience_seconds=0.01).scrub(JPEG)


async def test_the_loop_goes_on_while_files_are_cleaned() -> None:
    scrubber, large = Scrubber(), papers.picture(size=(4000, 3000), quality=40)
    work = asyncio.gather(*(scrubber.scrub(large) for _ in range(3)))
    longest, loop = 0.0, asyncio.get_running_loop()
    while not work.done():
        before = loop.time()
        await asyncio.sleep(0.005)
        longest = max(longest, loop.time() - before)
    await work
    assert longest < 0.5
