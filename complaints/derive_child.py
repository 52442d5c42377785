"""Child process: a picture on standard input, its preview and thumbnail on standard output.

``python -m complaints.derive_child FORMAT SIZE…`` writes, for each size (longest side in pixels), four bytes
of length and a WebP made from pixels only: no EXIF, GPS, XMP, comment or colour profile passes.
"""

import io
import struct
import sys

from complaints.media_types import MAX_PIXELS
from complaints.sandbox import REFUSED, confine


def main(decoder: str, sizes: list[int]) -> int:
    confine()
    from PIL import Image, ImageOps

    if decoder == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    source = io.BytesIO(sys.stdin.buffer.read())
    try:
        with Image.open(source, formats=[decoder]) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                return REFUSED
            orientation = opened.getexif().get(0x0112)
            opened.draft("RGB", (max(sizes), max(sizes)))
            picture = _flat(opened)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return REFUSED
    for size in sorted(sizes, reverse=True):
        picture.thumbnail((size, size), Image.Resampling.LANCZOS)
        upright = picture.copy()
        if orientation and decoder != "HEIF":
            upright.getexif()[0x0112] = orientation
            upright = ImageOps.exif_transpose(upright)
        _emit(upright)
    return 0


def _flat(opened):  # type: ignore[no-untyped-def]
    """The first frame as RGB, transparency on white."""
    from PIL import Image

    if opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info:
        layer = opened.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return opened.convert("RGB")


def _emit(picture) -> None:  # type: ignore[no-untyped-def]
    from PIL import Image

    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=80, method=4)
    sys.stdout.buffer.write(struct.pack(">I", out.tell()) + out.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], [int(size) for size in sys.argv[2:]]))
