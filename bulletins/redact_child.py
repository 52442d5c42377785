"""Child process: a picture on standard input, the same with filled boxes on standard output.

``python -m bulletins.redact_child BOXES``: a JSON list of [x, y, width, height] in thousandths of the picture. A box is filled with
one colour, so that nothing under it can be had back; the JPEG is made from pixels only: no EXIF, GPS or earlier version.
"""

import io
import json
import math
import struct
import sys

from complaints.sandbox import REFUSED, confine

FILL = (64, 64, 64)
LONGEST_SIDE = 1600


def main(boxes: list[list[int]]) -> int:
    confine()
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = 10_000_000
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=["WEBP"]) as opened:
            picture = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return REFUSED
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    for box in boxes:
        clean.paste(FILL, _pixels(box, *clean.size))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=85)
    sys.stdout.buffer.write(struct.pack(">II", *clean.size) + out.getvalue())
    return 0


def _pixels(box: list[int], width: int, height: int) -> tuple[int, int, int, int]:
    """Whole pixels, outward: an edge is never left readable, nor the blocks of eight a JPEG smears over."""
    x, y, w, h = box
    return (
        max(0, math.floor(x * width / 1000 / 8) * 8),
        max(0, math.floor(y * height / 1000 / 8) * 8),
        min(width, math.ceil((x + w) * width / 1000 / 8) * 8),
        min(height, math.ceil((y + h) * height / 1000 / 8) * 8),
    )


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
