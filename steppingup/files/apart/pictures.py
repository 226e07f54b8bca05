"""Pictures: opened, turned as the camera held it, and written anew: nothing but what is to be seen stays."""

import io
import warnings

from PIL import Image, ImageOps

from steppingup.files.apart.limits import Refused

MOST_PIXELS = 25_000_000
LONGEST_SIDE = 1600  # pixels: for a letterhead, twice over
DAMAGED = "This picture is damaged and cannot be opened. Save it again and upload the new file."


def clean(content: bytes) -> tuple[None, bytes]:
    """No pages, and the picture."""
    # The end marker is looked for here, because libraries may tell Pillow to put up with cut-off pictures.
    if b"IEND" not in content[-64:] and b"\xff\xd9" not in content[-4096:]:
        raise Refused(DAMAGED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
                return None, _anew(picture, str(picture.format))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(DAMAGED) from error


def _anew(picture: Image.Image, kind: str) -> bytes:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Refused(f"This picture has {width:,} by {height:,} pixels. Make it smaller and upload it again.")
    see_through = kind == "PNG" and picture.has_transparency_data
    if kind == "JPEG":
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    shown: Image.Image = picture
    if picture.mode in ("1", "P", "PA"):  # has no colours in between, which making it smaller needs
        shown = picture.convert("RGBA" if see_through else "RGB")
    shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # first: a copy of a large one may be more than there is room for
    if shown.mode.startswith("I"):  # of 65,536 shades, which the others would all take for white
        shown = shown.convert("I").point(lambda shade: shade / 256).convert("L")
    shown = ImageOps.exif_transpose(shown).convert("RGBA" if see_through else "RGB")
    bare = Image.frombytes(shown.mode, shown.size, shown.tobytes())  # nothing that came along with it
    out = io.BytesIO()
    bare.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()
