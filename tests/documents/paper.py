"""Measuring a PDF as printed: words with their boxes, runs with their size, pixels. Units: mm and pt."""

import io
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdf
from PIL import Image

MM = 72 / 25.4
DPI = 144


@dataclass(frozen=True)
class Word:
    """Distances in mm from the page's left and top edge."""

    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Run:
    page: int
    text: str
    font: str
    size: float


def _poppler(program: str, pdf: bytes, *arguments: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.pdf")
        path.write_bytes(pdf)
        # The result goes to standard output where the program knows "-".
        output = [] if program in ("pdffonts", "pdfinfo") else ["-"]
        command = [program, *arguments, str(path), *output]
        return subprocess.run(command, capture_output=True, check=True).stdout


@cache
def text(pdf: bytes, page: int) -> str:
    return _poppler("pdftotext", pdf, "-layout", "-f", str(page), "-l", str(page)).decode()


def fonts(pdf: bytes) -> list[list[str]]:
    """Rows of pdffonts: name, type, …, emb, sub, uni."""
    return [line.split() for line in _poppler("pdffonts", pdf).decode().splitlines()[2:]]


@cache
def words(pdf: bytes) -> list[Word]:
    root = ET.fromstring(_poppler("pdftotext", pdf, "-bbox"))
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        Word(number, word.text or "", *(float(word.attrib[edge]) / MM for edge in ("xMin", "yMin", "xMax", "yMax")))
        for number, page in enumerate(root.iter(f"{space}page"), 1)
        for word in page.iter(f"{space}word")
    ]


@cache
def runs(pdf: bytes) -> list[Run]:
    """Pieces of text with the face and the size they are set in."""
    found: list[Run] = []
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(pdf)).pages, 1):

        def visit(piece, matrix, text_matrix, font, size, number=number):
            if piece.strip() and font:
                scale = abs(matrix[3] * text_matrix[3])
                name = font["/BaseFont"].partition("+")[2]
                found.append(Run(number, piece.strip(), name, round(size * scale, 2)))

        page.extract_text(visitor_text=visit)
    return found


def picture(pdf: bytes, page: int = 1) -> Image.Image:
    png = _poppler_picture(pdf, page)
    return Image.open(io.BytesIO(png)).convert("RGB")


def _poppler_picture(pdf: bytes, page: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.pdf").write_bytes(pdf)
        command = ["pdftoppm", "-r", str(DPI), "-png", "-f", str(page), "-l", str(page), "-singlefile", "x.pdf", "x"]
        subprocess.run(command, cwd=folder, check=True)
        return Path(folder, "x.png").read_bytes()


def mm(pixels: float) -> float:
    return pixels / DPI * 25.4


def longest_rule(image: Image.Image, left: float, top: float, right: float, bottom: float) -> tuple[float, float]:
    """Left and right end in mm of the longest unbroken dark row of pixels in a region given in mm."""
    box = [round(edge / 25.4 * DPI) for edge in (left, top, right, bottom)]
    grey = image.crop(box).convert("L")
    best = (0, 0)
    for y in range(grey.height):
        start = None
        for x in range(grey.width + 1):
            dark = x < grey.width and grey.getpixel((x, y)) < 140
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                best = max(best, (start, x), key=lambda ends: ends[1] - ends[0])
                start = None
    return left + mm(best[0]), left + mm(best[1])
