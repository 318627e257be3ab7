"""Rewrites a photo: its pixels, upright and no larger than an officer needs, and nothing else."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from integrations.documents.refusal import RefusedDocumentError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2400
QUALITY = 85
_INDEXED = ("1", "P", "PA")  # points that cannot be mixed
_TRANSPARENT = ("RGBA", "LA", "PA", "La", "RGBa")

# Pillow's own guard, for what a reader decodes before we see a size.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def rewritten_image(content: bytes) -> bytes:
    """The picture as a JPEG without metadata. Raises RefusedDocumentError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                return _jpeg(_bare(picture))
    except RefusedDocumentError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise RefusedDocumentError("too_many_pixels") from None
    except Exception:
        # Pillow's readers fail in many ways on a file that is not what its first bytes say.
        raise RefusedDocumentError("damaged") from None


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels alone in an image of ours: what the file remembered stays behind."""
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise RefusedDocumentError("too_many_pixels")
    smaller = _mixable(picture)
    # Made smaller first: everything after it is cheap. A JPEG is decoded no larger than needed.
    smaller.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(smaller)
    upright = upright.convert("RGBA" if _is_transparent(upright) else "RGB")
    bare = Image.new("RGB", upright.size, "white")
    bare.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    return bare


def _mixable(picture: Image.Image) -> Image.Image:
    """The picture with points that can be made smaller; of 16 bits a point the higher 8 are kept,
    where Pillow would cut off all that is brighter."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture.convert("RGBA") if picture.mode in _INDEXED else picture


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in _TRANSPARENT or "transparency" in picture.info


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
