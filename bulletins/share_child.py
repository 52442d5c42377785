"""Child process: a photo (or nothing) on standard input, a 1200×630 PNG on standard output.

``python -m bulletins.share_child WORDS``: JSON with ``band``, ``title``, ``text``, ``foot`` and ``colour``. Equal input gives
equal bytes with the same fonts and Pillow.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from complaints.sandbox import REFUSED, confine

WIDTH, HEIGHT, MARGIN, PHOTO = 1200, 630, 56, 400
WHITE, INK = (255, 255, 255), (28, 28, 28)
TITLE_SIZES, TEXT_SIZE, SMALL = (66, 58, 50, 43), 33, 27
_REGULAR, _BOLD = "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"


def main(words: dict[str, Any]) -> int:
    confine()
    from PIL import Image, ImageDraw

    Image.MAX_IMAGE_PIXELS = 10_000_000
    photo = sys.stdin.buffer.read()
    page = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    room = WIDTH - 2 * MARGIN
    if photo:
        try:
            with Image.open(io.BytesIO(photo), formats=["JPEG"]) as opened:
                page.paste(covering(opened.convert("RGB")), (WIDTH - PHOTO, 0))
        except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
            return REFUSED
        room -= PHOTO
    write(ImageDraw.Draw(page), words, room)
    out = io.BytesIO()
    page.save(out, "PNG", optimize=True)
    sys.stdout.buffer.write(out.getvalue())
    return 0


def covering(photo: Any) -> Any:
    """The middle of it, filling the right part."""
    from PIL import Image, ImageOps

    return ImageOps.fit(photo, (PHOTO, HEIGHT), Image.Resampling.LANCZOS)


def write(draw: Any, words: dict[str, Any], room: int) -> None:
    colour = tuple(words["colour"])
    draw.rectangle((0, 0, 20, HEIGHT), fill=colour)
    band = font(_BOLD, SMALL)
    draw.rectangle((MARGIN, 48, MARGIN + band.getlength(words["band"]) + 36, 104), fill=colour)
    draw.text((MARGIN + 18, 76), words["band"], font=band, fill=WHITE, anchor="lm")
    size, title = fitting_title(words["title"], room)
    at = lines(draw, title, font(_BOLD, size), 132, size)
    most = max(0, (HEIGHT - 108 - at - 14) // int(TEXT_SIZE * 1.3))
    lines(
        draw,
        wrapped(words["text"], font(_REGULAR, TEXT_SIZE), room, most),
        font(_REGULAR, TEXT_SIZE),
        at + 14,
        TEXT_SIZE,
    )
    draw.line((MARGIN, HEIGHT - 86, MARGIN + room, HEIGHT - 86), fill=colour, width=3)
    foot = wrapped(words["foot"], font(_REGULAR, SMALL), room, 1)
    lines(draw, foot, font(_REGULAR, SMALL), HEIGHT - 68, SMALL)


def lines(draw: Any, texts: list[str], face: Any, at: int, size: int) -> int:
    for text in texts:
        draw.text((MARGIN, at), text, font=face, fill=INK)
        at += int(size * 1.3)
    return at


def fitting_title(title: str, room: int) -> tuple[int, list[str]]:
    """The largest size whose lines hold it whole, else the smallest, cut."""
    for size in TITLE_SIZES:
        found = wrapped(title, font(_BOLD, size), room, 5)
        if len(found) <= 4 and len(found) * size * 1.3 <= 270 and not found[-1:][0].endswith("…"):
            return size, found
    return TITLE_SIZES[-1], wrapped(title, font(_BOLD, TITLE_SIZES[-1]), room, 5)


def wrapped(text: str, face: Any, room: int, most: int) -> list[str]:
    """At most ``most`` lines, the last one ended by … where something is left over; an endless word is broken."""
    found: list[str] = []
    left = text.split()
    while left and len(found) < most:
        line = fit(left, face, room)
        found.append(line)
    if left and found:
        found[-1] = cut(found[-1], face, room)
    return found


def fit(left: list[str], face: Any, room: int) -> str:
    """The longest line from the front of ``left``, which loses it."""
    line = left.pop(0)
    if face.getlength(line) > room:
        whole = line
        while len(line) > 1 and face.getlength(line) > room:
            line = line[: max(1, len(line) * 9 // 10)]
        left.insert(0, whole[len(line) :])
        return line
    while left and face.getlength(f"{line} {left[0]}") <= room:
        line = f"{line} {left.pop(0)}"
    return line


def cut(line: str, face: Any, room: int) -> str:
    while line and face.getlength(f"{line}…") > room:
        line = line[:-1]
    return line.rstrip(" ,.;:") + "…"


def font(name: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
