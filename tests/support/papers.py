"""Files that citizens may send, good and bad, made on the spot."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

GPS_WORDS = b"Canari-camera"
EXE = b"MZ\x90\x00" + b"\x00" * 56 + b"\x80\x00\x00\x00" + b"This program cannot be run in DOS mode"


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **how: object) -> bytes:
    """A photo of something grey and rough."""
    written = io.BytesIO()
    Image.effect_noise(size, 20).convert("RGB").save(written, kind, **how)
    return written.getvalue()


def photo_with_place(size: tuple[int, int] = (640, 480)) -> bytes:
    """A photo that says where it was taken and by what, and that lies on its side."""
    exif = Image.Exif()
    exif[Base.Make] = GPS_WORDS.decode()
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (33.0, 35.0, 17.0)
    return picture("JPEG", size, exif=exif, comment=GPS_WORDS)


def bomb() -> bytes:
    """A PNG of kilobytes that unpacks to 900 million points."""
    written = io.BytesIO()
    Image.new("1", (30000, 30000)).save(written, "PNG")
    return written.getvalue()


def pdf(
    change: Callable[[pikepdf.Pdf], None] = lambda _: None, pages: int = 1, **how: object
) -> bytes:
    """A PDF with a page or more, changed before it is written."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    change(made)
    written = io.BytesIO()
    made.save(written, **how)  # type: ignore[arg-type]
    return written.getvalue()


def script(made: pikepdf.Pdf) -> None:
    """JavaScript when it is opened."""
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def hidden_script(made: pikepdf.Pdf) -> None:
    """JavaScript deep inside the tree of names."""
    action = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    tree = Dictionary(Kids=Array([made.make_indirect(Dictionary(Names=Array(["x", action])))]))
    made.Root.Names = Dictionary(Other=made.make_indirect(tree))


def orphan_launch(made: pikepdf.Pdf) -> None:
    """An action that starts a program, on a page's annotation."""
    note = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=Array([0, 0, 1, 1]))
    note.A = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    made.pages[0].obj.Annots = Array([made.make_indirect(note)])


def embedded_file(made: pikepdf.Pdf) -> None:
    """A program carried inside."""
    made.attachments["facture.exe"] = EXE


def telling(made: pikepdf.Pdf) -> None:
    """Everything a PDF may remember, and a photo with its place."""
    made.docinfo["/Author"] = GPS_WORDS.decode()
    with made.open_metadata() as xmp:
        xmp["dc:creator"] = [GPS_WORDS.decode()]
    made.Root.PieceInfo = Dictionary(App=Dictionary(Private=String(GPS_WORDS.decode())))
    plain, packed = photo_with_place(), zlib.compress(photo_with_place())
    shown = Dictionary(
        P=_image(made, plain, Name.DCTDecode),
        Q=_image(made, packed, Array([Name.FlateDecode, Name.DCTDecode])),
    )
    page = made.pages[0].obj
    page.Resources = Dictionary(XObject=shown)
    page.Contents = Stream(made, b"q 640 0 0 480 0 0 cm /P Do /Q Do Q")
    link = Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
    link.A = Dictionary(S=Name.URI, URI=String("https://example.org/canari"))
    page.Annots = Array([link])


def leading_away(made: pikepdf.Pdf) -> None:
    """A drawing and a stamp over the page, each of which opens a site when it is touched."""
    away = Dictionary(S=Name.URI, URI=String("https://example.org/canari"))
    over = Array([0, 0, 600, 800])
    notes = [Dictionary(Subtype=kind, Rect=over, A=away) for kind in (Name.Square, Name.Stamp)]
    made.pages[0].obj.Annots = Array([made.make_indirect(note) for note in notes])


def thick_page(megabytes: int, times: int = 1) -> Callable[[pikepdf.Pdf], None]:
    """A page whose drawing unpacks to so much; packed more than once where asked."""

    def change(made: pikepdf.Pdf) -> None:
        packed = b" " * (megabytes * 1024 * 1024)
        for _ in range(times):
            packed = zlib.compress(packed)
        drawing = Stream(made, packed)
        drawing.Filter = Array([Name.FlateDecode] * times)
        made.pages[0].obj.Contents = made.make_indirect(drawing)

    return change


def _image(made: pikepdf.Pdf, content: bytes, how: pikepdf.Object) -> pikepdf.Object:
    image = Stream(made, content)
    image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, how
    image.Width, image.Height, image.BitsPerComponent = 640, 480, 8
    image.ColorSpace = Name.DeviceRGB
    return made.make_indirect(image)


def unpacking_pdf(megabytes: int = 3000) -> bytes:
    """A PDF whose object stream of megabytes unpacks to gigabytes."""
    packer = zlib.compressobj(9)
    begin = packer.compress(b"1 0 ") + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block stands alone, so one may be repeated as it is.
    one = packer.compress(b" " * (1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = begin + one * megabytes + packer.flush()
    head = b"%PDF-1.5\n"
    stream = (
        b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(packed)
    )
    first = head + stream + packed + b"\nendstream\nendobj\n"
    rows = b"\x02\x00\x00\x02\x00" + b"\x01" + len(head).to_bytes(3, "big") + b"\x00"
    rows = b"\x00" * 5 + rows + b"\x01" + len(first).to_bytes(3, "big") + b"\x00"
    table = b"3 0 obj\n<< /Type /XRef /Size 4 /W [1 3 1] /Root 1 0 R /Length %d >>\nstream\n" % len(
        rows
    )
    return first + table + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(first)


def archive() -> bytes:
    """A zip with a program in it, stored as it is."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("run.exe", EXE)
    return written.getvalue()
